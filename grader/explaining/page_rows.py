"""Puts a failed page check into rows: what users did, what their pages said, heard, and show."""

from collections.abc import Iterator, Mapping
from itertools import chain
from urllib.parse import urlsplit

from grader.explaining import request_rows
from grader.explaining.evidence import Evidence
from grader.explaining.notes import note_of
from grader.history.conversation import ERROR_KINDS, Entry, Kind
from grader.history.findings import Fault, Finding
from grader.history.values import show
from grader.report.result import Row, Where
from grader.text import printable


def happened(evidence: Evidence, names: Mapping[str, str]) -> Iterator[Row]:
    """What everybody did, each with what that page then said, and what the client that fails
    has heard.

    All of it, not the failed turn's alone: how late a page hears of what came before, no one can
    say. What is heard has no order across clients, and stands at the end.
    """
    conversation = evidence.conversation
    tried = len(conversation.entries) if not evidence.of(Fault.UNABLE) else evidence.since
    notes = {f.entry: note_of(f, names) for f in evidence.findings if f.entry is not None}
    about = {event for f in evidence.findings for event in (*f.about, f.event)}
    rows: dict[int, list[Row]] = {}  # each act's own, and those of what its page then said
    last: dict[str, int] = {}  # act of each page
    for i, entry in evidence.told:
        if _is_act(entry, evidence):
            if i < tried:
                rows[i] = [_row(entry, names)]
                if entry.client in conversation.pages:
                    last[entry.client] = i
        elif entry.kind is Kind.SENT and entry.event in about and entry.client in last:
            rows[last[entry.client]].append(_row(entry, names, notes.get(i, "")))
    yield from chain.from_iterable(rows.values())
    for client in dict.fromkeys(finding.client for finding in evidence.findings):
        for i, entry in evidence.told:
            if (entry.kind, entry.client) == (Kind.HEARD, client) and entry.event in about:
                yield _row(entry, names, notes.get(i, ""))


def unmet(finding: Finding) -> Row:
    """The row of a page that does not do what it should, or lets its user not do something."""
    should, note = printable(finding.should), printable(finding.text)
    if finding.fault is Fault.UNABLE:
        return Row(finding.client, finding.event, payload=should, note=note)
    return Row(f"{finding.client}'s page", "should", payload=should, note=note)


def console(evidence: Evidence) -> tuple[str, ...]:
    """What went wrong in the pages, or so they say, once where it did in several."""
    pages = evidence.conversation.pages
    own = (entry for entry in evidence.conversation.entries if entry.client in pages)
    lines = (_error(entry) for entry in own if entry.kind in (*ERROR_KINDS, Kind.LOGGED))
    return tuple(dict.fromkeys(map(printable, lines)))


def place(evidence: Evidence) -> Where | None:
    """Where the page handles, or emits, what a failed check is about, as far as one can tell."""
    if not evidence.conversation.pages:
        return None
    source = evidence.source.page
    pages = evidence.conversation.pages
    sent = [e.event for e in evidence.turn if e.kind is Kind.SENT and e.client in pages]
    missing = [finding.event for finding in evidence.of(Fault.MISSING) if finding.event not in sent]
    came = evidence.came(*evidence.of(Fault.UNSEEN))
    found = [source.listening_to(event) for event in came]
    found += [source.emitting(event) for event in (*missing, *reversed(sent))]
    found += [source.listening_to("submit")]
    return next(filter(None, found), None)


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
            return Row(f"{entry.client}'s page", "loads", payload=_path(entry.event))
        case Kind.SENT:
            return Row(entry.client, "→ server", event, show(entry.args, names), note)
        case _:
            return Row("server", f"→ {entry.client}", event, show(entry.args, names), note)


def _path(url: str) -> str:
    """Where a form or a script has led a page to, as a reader sees it in the browser."""
    parts = urlsplit(url)
    return printable(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _error(entry: Entry) -> str:
    match entry.kind:
        case Kind.HTTP:
            return f"{entry.event} is answered with HTTP status {entry.args[0]}"
        case Kind.BLOCKED:
            return f"{entry.event} is not loaded: a check lets a page get to its own server alone"
        case _:
            return entry.event
