"""Puts a failed check into rows that a reader follows: what happened, and what is wrong with it."""

from collections.abc import Iterator, Mapping

from grader.explaining import page_rows as explain_pages
from grader.explaining import request_rows as explain_requests
from grader.explaining.evidence import Evidence
from grader.explaining.notes import note_of
from grader.explaining.recognising import recognise
from grader.history.conversation import END, Entry, Kind, Payload
from grader.history.findings import Fault, Finding
from grader.history.values import cut, shortened, show
from grader.report.result import Explanation, Row
from grader.text import printable

MOST_ROWS = 16
MOST_NOTES = 4  # of which the rows around are kept, where some have to go
AROUND = 2  # rows kept on either side of one that has a note, where some have to go
LAST_LINES = 8  # of what the server printed

# What is better understood beside the last lines that the server printed.
_PRINTED = (
    Fault.UNPRINTED,
    Fault.MISCOUNTED,
    Fault.ENDED,
    Fault.NOT_READY,
    Fault.FLOODED,
    Fault.REFUSED,
)

# What a client does, or comes to, that is told wherever it happens.
_TOLD = (Kind.LEFT, Kind.KILLED, Kind.ACTED, Kind.REQUESTED, Kind.ANSWERED)


def explain(evidence: Evidence) -> Explanation:
    """The rows, the lines that the server printed about it, and the mistake where it is known."""
    names = shortened([*evidence.conversation.sids, *explain_requests.secrets(evidence)])
    if evidence.conversation.pages:
        rows = [*explain_pages.happened(evidence, names)]
    else:
        rows = [*_acts_before(evidence, names), *_turn(evidence, names)]
    rows += [row for finding in evidence.findings for row in _row_of(finding, evidence, names)]
    mistake, fault = recognise(evidence)
    return Explanation(
        tuple(_shortened(rows)),
        _printed(evidence),
        mistake,
        explain_pages.console(evidence),
        evidence.pictures,
        explain_pages.place(evidence),
        fault=fault,
    )


def _acts_before(evidence: Evidence, names: Mapping[str, str]) -> Iterator[Row]:
    """Who joined, who went, and what else led to what failed, before the turn that did."""
    found = {finding.event for finding in evidence.findings}
    words = evidence.vocabulary
    events = words.prepares.union(*(words.led_by.get(event, ()) for event in found))
    missing = {finding.client for finding in evidence.of(Fault.MISSING)}
    before = [entry for i, entry in evidence.told if i < evidence.since]
    sent = [entry for entry in before if entry.kind is Kind.SENT]
    # Where the server has ended, that may be what it ended at, and was noticed only later.
    last = sent[-1] if sent and evidence.of(Fault.ENDED) else None
    for entry in before:
        led = entry.kind is Kind.SENT and (entry.event in events or entry is last)
        told = entry.kind in _TOLD or (words.arrivals and entry.kind is Kind.CONNECTED)
        if led and (entry.event, *entry.args) in words.opening:
            # Every client does it. It tells something of one that has been answered, and in vain.
            led = entry.client in missing and _is_answered(entry, evidence)
        if told or led:
            yield _row(entry, evidence, names)


def _is_answered(entry: Entry, evidence: Evidence) -> bool:
    """Whether the client has ever heard an event of the same name."""
    return bool(evidence.conversation.heard(entry.client, entry.event))


def _turn(evidence: Evidence, names: Mapping[str, str]) -> Iterator[Row]:
    """What the clients did in the turn, then what each heard: that has no order across clients."""
    words = evidence.vocabulary
    events = {finding.event for finding in evidence.findings if finding.event}
    notes = {f.entry: note_of(f, names) for f in evidence.findings if f.entry is not None}
    tries = {f.entry for f in evidence.of(Fault.LET_IN, Fault.UNEXPLAINED)}
    beside = {f.entry: f.expected or () for f in evidence.findings if f.entry is not None}
    turn = [(i, entry) for i, entry in evidence.told if i >= evidence.since]
    acts = [
        (i, entry)
        for i, entry in turn
        if entry.kind in _TOLD
        or i in tries
        or (words.arrivals and entry.kind is Kind.CONNECTED)
        or (entry.kind is Kind.SENT and (entry.event not in words.asked or entry.event in events))
        or (entry.kind is Kind.HTTP and i in notes)
    ]
    for i, entry in acts:
        yield _row(entry, evidence, names, notes.get(i, ""))
    if not events:
        return
    events.update(entry.event for _, entry in acts)
    concerned = {entry.client for _, entry in acts} | {f.client for f in evidence.findings}
    ends: dict[str, int] = {}
    for finding in evidence.findings:
        if finding.entry is not None:
            ends[finding.client] = max(finding.entry, ends.get(finding.client, 0))
    for client in dict.fromkeys(evidence.conversation.clients):
        for i, entry in turn:
            if entry.kind not in (Kind.HEARD, Kind.ACKED) or entry.client != client:
                continue
            if i > ends.get(client, i):
                break  # what comes after the first wrong thing tells nothing more
            if entry.event == END and client not in concerned:
                continue  # of a connection of before, which ends sooner or later
            if entry.event in events or entry.event not in words.events:
                yield _row(entry, evidence, names, notes.get(i, ""), beside.get(i, ()))


def _row(
    entry: Entry,
    evidence: Evidence,
    names: Mapping[str, str],
    note: str = "",
    beside: Payload = (),
) -> Row:
    server = evidence.conversation.server_of(entry.client)
    payload = show(entry.args, names, beside)
    event = printable(entry.event)
    if entry.kind in (Kind.LEFT, Kind.KILLED):
        return Row(entry.client, event)
    if entry.kind is Kind.ACTED:
        return Row(entry.client, event, payload=explain_requests.said(entry, names))
    if entry.kind is Kind.CONNECTED:
        return Row(entry.client, "connects", note=note)
    if entry.kind is Kind.REFUSED:
        return Row(server, f"refuses {entry.client}", payload=payload, note=note)
    if entry.kind is Kind.REQUESTED:
        return explain_requests.asked(entry, server, names)
    if entry.kind is Kind.ANSWERED:
        return explain_requests.answered(entry, server, names, note)
    if entry.kind is Kind.HTTP:
        return Row(entry.client, f"→ {server}", cut(event), note=note)
    if entry.kind is Kind.SENT:
        return Row(entry.client, f"→ {server}", event, payload, note)
    return Row(server, f"→ {entry.client}", _named(entry.kind, event), payload, note)


def _named(kind: Kind, event: str) -> str:
    """An event, or its acknowledgement, as a row names it."""
    return f"{event} (ack)" if kind is Kind.ACKED else event


def _row_of(finding: Finding, evidence: Evidence, names: Mapping[str, str]) -> Iterator[Row]:
    """A row for a finding that no entry of the turn shows."""
    server = evidence.conversation.server_of(finding.client)
    match finding.fault:
        case Fault.MISSING:
            payload = "" if finding.expected is None else show(finding.expected, names)
            ended = evidence.of(Fault.ENDED, Fault.LOST, Fault.FLOODED, Fault.MALFORMED)
            note = "did not come" + ("" if ended else f" within {evidence.patience:g} s")
            event = _named(finding.kind, finding.event)
            yield Row(finding.client, "waits for", event, payload, note)
        case Fault.UNPRINTED:
            yield Row("server", "prints", payload=f"{finding.text} …", note="was not printed")
        case Fault.MISCOUNTED:
            assert finding.expected and finding.got
            seen, should = finding.got[0], finding.expected[0]
            note = f"is printed {_times(seen)}; should be {_times(should)}"
            if seen > should:  # how often in the end, nobody has waited for
                note = f"is printed more than {_times(should)}"
            yield Row("server", "prints", payload=f"{finding.text} …", note=note)
        case Fault.REFUSED:
            for entry in evidence.turn:
                if entry.kind is Kind.HTTP and entry.client == finding.client:
                    status = f"HTTP status {entry.args[0]}"
                    yield Row(finding.client, f"→ {server}", entry.event, note=f"answered {status}")
            note = printable(finding.text)
            yield Row(finding.client, "connects", note=f"is not let in: {note}")
        case Fault.UNANSWERED if finding.event:
            yield Row(finding.client, "waits for", finding.event, note=printable(finding.text))
        case Fault.UNEXPLAINED if finding.entry is None:
            yield Row(finding.client, "connects", note=printable(finding.text))
        case Fault.KEPT:
            because = f": {finding.text}" if finding.text else ""
            yield Row(finding.client, "stays connected", note=f"should be disconnected{because}")
        case Fault.COSTLY:
            yield Row("server", "→ database", note=finding.text)
        case Fault.LOST:
            yield Row(finding.client, "loses the connection", note=printable(finding.text))
        case Fault.MALFORMED:
            came = printable("".join(finding.got or ()))
            yield Row(server, f"→ {finding.client}", came, note=printable(finding.text))
        case Fault.UNSEEN | Fault.UNABLE:
            yield explain_pages.unmet(finding)
        case Fault.SILENT:
            note = f"has answered nothing for {evidence.patience:g} s"
            yield Row(server, "hangs", note=note)
        case Fault.NOT_READY:
            yield Row("server", "starts", note=finding.text)
        case Fault.ENDED:
            yield Row(finding.client or "server", "runs", note=finding.text)
        case Fault.FLOODED:
            yield Row(finding.client or "server", "prints", note=finding.text)
        case Fault.TOO_LONG:
            yield Row("check", "runs", note=finding.text)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _shortened(rows: list[Row]) -> Iterator[Row]:
    """All rows where they are few; otherwise those around the ones with a note."""
    if len(rows) <= MOST_ROWS:
        yield from rows
        return
    noted = [i for i, row in enumerate(rows) if row.note]
    if len(noted) > MOST_NOTES:
        noted = [*noted[: MOST_NOTES - 1], noted[-1]]  # the last may tell how the server ended
    kept = {i for n in noted for i in range(n - AROUND, n + AROUND + 1)} | {0, 1}
    left_out = 0
    for i, row in enumerate(rows):
        if i not in kept:
            left_out += 1
            continue
        if left_out:
            yield Row("", f"… {left_out} more")
            left_out = 0
        yield row
    if left_out:
        yield Row("", f"… {left_out} more")


def _printed(evidence: Evidence) -> tuple[str, ...]:
    """The student's own part of the traceback, or else the last lines where the end is the fact."""
    if evidence.traces:
        return tuple(printable(line) for line in evidence.traces[0].lines())
    if evidence.of(*_PRINTED):
        return tuple(printable(line) for line in evidence.printed[-LAST_LINES:])
    return ()
