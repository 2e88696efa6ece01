"""Mistakes of steps 10 and 11 that show with some names alone, or from the second time on."""

import html
from collections.abc import Callable

from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind
from grader.history.findings import Fault
from grader.history.values import text_of
from grader.makechat.mistakes.said import all_sent, first_alone, text_in
from grader.report.result import Mistake

_SEND, _HEAR = "sendAnotherUserAMessage", "recMessage"
_REGISTER, _LOGIN = "registerUser", "loginUser"
_ENTER, _LEAVE = "userConnected", "userDisconnected"

# What may be done to a name before it is kept, and how to say it.
_WAYS: tuple[tuple[Callable[[str], str], str], ...] = (
    (str.strip, "without the spaces around it"),
    (lambda name: "".join(name.strip().split()), "without the spaces in it"),
    (str.lower, "in small letters"),
    (html.escape, "with its markup escaped"),
    (lambda name: name.encode("ascii", "ignore").decode(), "without what is not ASCII"),
    (lambda name: name[:16], "cut"),
)


def name_changed(e: Evidence) -> Mistake | None:
    """What is written to a name that is not plain does not arrive, and to others it does."""
    for finding in e.of(Fault.MISSING):
        name = _name_of(e, finding.client)
        if finding.event != _HEAR or name is None or e.hearers(_HEAR):
            continue
        reached = [
            other
            for one in e.conversation.entries
            if one.kind is Kind.HEARD and one.event == _HEAR
            if (other := _name_of(e, one.client)) is not None
        ]
        ways = [
            said
            for change, said in _WAYS
            if change(name) != name and all(change(other) == other for other in reached)
        ]
        if reached and len(ways) == 1:
            return Mistake(
                "name-changed",
                f"what is written to {text_of(name)} does not arrive: the name is kept {ways[0]}. "
                "Names stay as they came.",
                e.source.handler_of(_REGISTER),
            )
    return None


def entered_once(e: Evidence) -> Mistake | None:
    """A socket enters a room, leaves it and enters it again, and hears only what came before."""
    entries = e.conversation.entries
    for finding in e.of(Fault.MISSING):
        moves = [i for i, one in enumerate(entries) if _moves(one, finding.client)]
        entered = [i for i in moves if entries[i].event == _ENTER]
        if finding.event != _HEAR or len(entered) < 2 or moves[-1] != entered[-1]:
            continue
        if len({entries[i].args for i in moves}) > 1:
            continue
        heard = e.conversation.heard(finding.client, _HEAR)
        if any(entered[0] < i < entered[1] for i in heard) and heard[-1] < entered[-1]:
            return first_alone(e, _ENTER, finding.client)
    return None


def written_once(e: Evidence) -> Mistake | None:
    """The first message of a socket arrives, and the second one to the same user does not."""
    act, entries = e.act, e.conversation.entries
    if not act or act.event != _SEND:
        return None
    for finding in e.of(Fault.MISSING):
        written = [
            i
            for i, one in enumerate(entries)
            if (one.kind, one.client, one.event) == (Kind.SENT, act.client, _SEND)
            if text_in(one, "name") == text_in(act, "name")
        ]
        if finding.event != _HEAR or len(written) < 2 or finding.client in e.hearers(_HEAR):
            continue
        since = entries[written[0] :]
        moved = any(
            one.kind is Kind.LEFT or one.event in (_REGISTER, _LOGIN, _ENTER, _LEAVE)
            for one in since
        )
        text = text_in(entries[written[0]], "msg")
        said = {text_in(one, "msg") for one in since if one.client == act.client} - {text}
        heard = [
            text_in(one, "msg")
            for one in since
            if (one.kind, one.client, one.event) == (Kind.HEARD, finding.client, _HEAR)
        ]
        if not moved and text in heard and said.isdisjoint(heard):
            return first_alone(e, _SEND, act.client)
    return None


def _moves(entry: Entry, client: str) -> bool:
    sent = entry.kind is Kind.SENT and entry.client == client
    return sent and entry.event in (_ENTER, _LEAVE)


def _name_of(e: Evidence, client: str) -> str | None:
    """The one name under which a client has registered or logged in; None if there are more."""
    said = all_sent(e, _REGISTER, _LOGIN)
    names = {text_in(one, "name") for one in said if one.client == client}
    return names.pop() if len(names) == 1 else None


RULES = (name_changed, entered_once, written_once)
