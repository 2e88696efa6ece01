"""Puts a failed page check into rows: what users did, what their pages said, heard, and show."""

from collections.abc import Iterator, Mapping

from grader.explaining import request_rows
from grader.explaining.evidence import Evidence
from grader.history.conversation import ERROR_KINDS, Entry, Kind
from grader.history.findings import Fault, Finding
from grader.history.values import printable, show
from grader.report.result import Row


def happened(evidence: Evidence, names: Mapping[str, str]) -> Iterator[Row]:
    """What everybody did, then what the pages said of what it is about, and who fails has heard.

    All of it, not the failed turn's alone: how late a page hears of what came before, no one can
    say. Across clients that has no order.
    """
    conversation = evidence.conversation
    tried = len(conversation.entries) if not evidence.of(Fault.UNABLE) else evidence.since
    for entry in (entry for i, entry in evidence.told if i < tried):
        if _is_act(entry, evidence):
            yield _row(entry, names)
    surplus = {f.entry: f.text for f in evidence.findings if f.entry is not None}
    about = {event for f in evidence.findings for event in (*f.about, f.event)}
    failing = dict.fromkeys(finding.client for finding in evidence.findings)
    for kind, clients in ((Kind.SENT, conversation.pages), (Kind.HEARD, failing)):
        for client in clients:
            for i, entry in evidence.told:
                if (entry.kind, entry.client) == (kind, client) and entry.event in about:
                    yield _row(entry, names, surplus.get(i, ""))


def unmet(finding: Finding) -> Row:
    """The row of a page that does not do what it should, or lets its user not do something."""
    should, note = printable(finding.should), printable(finding.text)
    if finding.fault is Fault.UNABLE:
        return Row(finding.client, finding.event, payload=should, note=note)
    return Row(f"{finding.client}'s page", "should", payload=should, note=note)


def console(evidence: Evidence) -> tuple[str, ...]:
    """What went wrong in the pages, once where it did in several."""
    pages = evidence.conversation.pages
    own = (entry for entry in evidence.conversation.entries if entry.client in pages)
    lines = (_error(entry) for entry in own if entry.kind in ERROR_KINDS)
    return tuple(dict.fromkeys(map(printable, lines)))


def _is_act(entry: Entry, evidence: Evidence) -> bool:
    if entry.kind is Kind.SENT:
        return (
            entry.client not in evidence.conversation.pages
            and entry.event not in evidence.vocabulary.asked
        )
    return entry.kind in (Kind.ACTED, Kind.REQUESTED, Kind.LEFT, Kind.LOADED)


def _row(entry: Entry, names: Mapping[str, str], note: str = "") -> Row:
    event = printable(entry.event)
    match entry.kind:
        case Kind.ACTED:
            return Row(entry.client, event, payload=printable(entry.args[0]))
        case Kind.LEFT:
            return Row(entry.client, event)
        case Kind.REQUESTED:
            return request_rows.asked(entry, "server", names)
        case Kind.LOADED:
            return Row(f"{entry.client}'s page", "loads", payload="again, but not by its user")
        case Kind.SENT:
            return Row(entry.client, "→ server", event, show(entry.args, names))
        case _:
            return Row("server", f"→ {entry.client}", event, show(entry.args, names), note)


def _error(entry: Entry) -> str:
    match entry.kind:
        case Kind.HTTP:
            return f"{entry.event} is answered with HTTP status {entry.args[0]}"
        case Kind.BLOCKED:
            return f"{entry.event} is not loaded: a check lets a page get to its own server alone"
        case _:
            return entry.event
