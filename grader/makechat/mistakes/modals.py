"""Mistakes of step 12: who is told who has what open, and what is forgotten."""

import ast
from typing import Any

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind, Payload
from grader.history.findings import Fault, Finding
from grader.makechat.mistakes import silence
from grader.makechat.mistakes.process import BLOCKING
from grader.makechat.mistakes.said import first_alone
from grader.report.result import Mistake

_OPENED, _CLOSED, _INFO = "openedModal", "closedModal", "recModalInfo"


def wrong_key(e: Evidence) -> Mistake | None:
    """The identifier is read from a key that the page does not send."""
    for finding in e.about(_INFO, Fault.DIFFERENT):
        empty = [pair[0] for pair in _pairs(finding) if pair[1] is None]
        sids = e.conversation.sids
        owners = {sids.get(sid) for sid in empty if isinstance(sid, str)}
        closed = [one.client for one in e.turn if one.event == _CLOSED and one.client in owners]
        if closed:
            return Mistake(
                "modal-closed-and-kept",
                f"{closed[-1]} has closed it, and is still in the list, with nothing open. Remove "
                "the entry: modals.pop(sid, None).",
                e.source.handler_of(_CLOSED),
            )
        opened = {one.client for one in e.conversation.entries if one.event == _OPENED}
        if idle := sorted(filter(None, owners - opened)):
            return Mistake(
                "nothing-open-listed",
                f"{idle[0]} has opened nothing, and is in the list. Only what is open belongs "
                "there.",
                e.source.emit_of(_INFO),
            )
        if empty:
            return Mistake(
                "wrong-key",
                "nothing is recorded as open: the identifier is read from a key that the page does "
                'not send. The page sends "modalIdentifier".',
                e.source.handler_of(_OPENED),
            )
    return None


def never_removed(e: Evidence) -> Mistake | None:
    """A socket has gone, and its entry is still there."""
    left = {one.client for one in e.conversation.entries if one.kind is Kind.LEFT}
    for finding in e.about(_INFO, Fault.DIFFERENT):
        owners = [owner for pair in _pairs(finding) if (owner := _owner(e, pair))]
        lost = [one for pair in _expected(finding) if (one := _owner(e, pair)) not in owners]
        for pair in _pairs(finding):
            owner = _owner(e, pair)
            if owner in left and lost:
                return Mistake(
                    "wrong-entry-removed",
                    f"{owner} has gone, and still has {pair[1]} open; {lost[0]} has nothing open "
                    "any more. Remove the entry of the sid that goes: del modals[sid].",
                    e.source.handler_of("disconnect"),
                )
            if owner in left and _told_first(e):
                return Mistake(
                    "told-before-removed",
                    f"{owner} has gone, and still has {pair[1]} open: the rest are told before the "
                    "entry is removed.",
                    e.source.handler_of("disconnect"),
                )
            if owner in left:
                return _kept(e, f"{owner} has gone, and still has {pair[1]} open")
    act = _gone_untold(e)
    if not act:
        return None
    handled = not e.source.known or e.source.listening_to("disconnect")
    return None if handled else _kept(e, f"{act.client} has gone, and nobody is told")


def closed_and_kept(e: Evidence) -> Mistake | None:
    """A client has closed what it had open, and it is still in the list."""
    for finding in e.about(_INFO, Fault.DIFFERENT):
        more = [pair for pair in _pairs(finding) if pair not in _expected(finding)]
        owners = [owner for pair in more if (owner := _owner(e, pair))]
        closed = [one.client for one in e.turn if one.event == _CLOSED and one.client in owners]
        if closed and len(more) == 1:
            return Mistake(
                "modal-closed-and-kept",
                f"{closed[-1]} has closed it, and is still in the list. Remove the entry, "
                "modals.pop(sid, None), and then tell.",
                e.source.handler_of(_CLOSED),
            )
    return None


def leaving_not_told(e: Evidence) -> Mistake | None:
    """A socket has gone, the server handles that, and nobody hears of it."""
    act = _gone_untold(e)
    if not act:
        return None
    if e.source.known and (mistake := silence.not_handled(e, "disconnect")):
        return mistake
    where = e.source.handler_of("disconnect")
    if where is None or e.source.calls(*BLOCKING):
        return None  # a server that is stuck tells nobody anything
    return Mistake(
        "leaving-not-told",
        f"{act.client} has gone, and nobody is told. After its entry is removed, emit to the rest.",
        where,
    )


def only_newcomers(e: Evidence) -> Mistake | None:
    """A client that connects is told, and nobody is told of a change."""
    act = e.act
    if not act or act.event not in (_OPENED, _CLOSED) or e.hearers(_INFO):
        return None
    emits, handlers = e.source.emitting(_INFO), e.source.listening_to(act.event)
    if e.about(_INFO, Fault.MISSING) and _was_told_before(e, act):
        return first_alone(e, act.event, act.client)
    if e.about(_INFO, Fault.MISSING) and emits and handlers and not _told_of_any(e, act.event):
        return Mistake(
            "only-newcomers-told",
            f"{act.client} changes what is open, and only clients that connect later are "
            "told. Emit it to everybody after each change.",
            e.source.handler_of(act.event),
        )
    return None


def only_some(e: Evidence) -> Mistake | None:
    """A change is told to the client that made it alone, or to all others."""
    act = e.act
    if not act or act.event not in (_OPENED, _CLOSED) or not e.about(_INFO, Fault.MISSING):
        return None
    if e.hearers(_INFO) == {act.client}:
        return Mistake(
            "only-the-sender",
            f"only {act.client}, who changed it, is told. The others want to know: emit "
            "without to=.",
            e.source.emit_of(_INFO),
        )
    if e.hearers(_INFO) == e.present - {act.client}:
        return Mistake(
            "sender-left-out",
            f"everybody is told except {act.client}, who changed it. The page waits for it, too.",
            e.source.emit_of(_INFO),
        )
    return None


def newcomer_to_all(e: Evidence) -> Mistake | None:
    """Somebody connects, and everybody is told what they know."""
    acts = [one for one in e.turn if one.kind in (Kind.SENT, Kind.LEFT)]
    came = {one.client for one in e.turn if one.kind is Kind.CONNECTED}
    surplus = [one for one in e.about(_INFO, Fault.SURPLUS) if one.client not in came]
    if came and surplus and not acts:
        return Mistake(
            "newcomer-told-to-all",
            "somebody connects, and all are told. Give emit to=sid: the others know already.",
            e.source.handler_of("connect"),
        )
    return None


def newcomer_not_told(e: Evidence) -> Mistake | None:
    """Somebody connects, and nothing handles that."""
    came = {one.client for one in e.turn if one.kind is Kind.CONNECTED}
    missing = [one for one in e.about(_INFO, Fault.MISSING) if one.client in came]
    if not missing or e.act or not e.source.known:
        return None
    return silence.not_handled(e, "connect") or silence.overwritten(e, "connect")


def info_is_no_list(e: Evidence) -> Mistake | None:
    """What is open comes as an object, and the page expects pairs."""
    for finding in e.about(_INFO, Fault.DIFFERENT):
        data = finding.got[0] if finding.got else None
        if isinstance(data, dict) and isinstance(data.get("info"), dict):
            return Mistake(
                "info-not-a-list",
                "info is an object, and the page expects a list of pairs: list(modals.items()).",
                e.source.emit_of(_INFO),
            )
    return None


def _was_told_before(e: Evidence, act: Entry) -> bool:
    """Whether a client did the same once before, and was told of it."""
    entries = e.conversation.entries[: e.since]
    did = [
        i
        for i, one in enumerate(entries)
        if (one.kind, one.client, one.event) == (Kind.SENT, act.client, act.event)
    ]
    return len(did) == 1 and any(i > did[0] for i in e.conversation.heard(act.client, _INFO))


def _gone_untold(e: Evidence) -> Entry | None:
    """The act by which a client has gone, where those who should hear of it do not."""
    gone = e.act and e.act.kind is Kind.LEFT
    return e.act if gone and e.about(_INFO, Fault.MISSING) and not e.hearers(_INFO) else None


def _told_of_any(e: Evidence, event: str) -> bool:
    """Whether a client that was there when the event was sent has ever been told anything then."""
    changed: set[str] = set()  # clients that were there at a change
    here: set[str] = set()
    for entry in e.conversation.entries:
        if entry.kind is Kind.CONNECTED:
            here.add(entry.client)
        elif entry.kind is Kind.SENT and entry.event == event:
            changed |= here
        elif entry.kind is Kind.HEARD and entry.event == _INFO and entry.client in changed:
            return True
    return False


def _told_first(e: Evidence) -> bool:
    """Whether the handler of disconnect awaits something before it takes anything out."""
    nodes = e.source.inside("disconnect")
    awaited = [node.lineno for node in nodes if isinstance(node, ast.Await)]
    removed = keeping.removals_within(e.source, e.source.extents("disconnect"))
    return bool(awaited and removed) and min(awaited) < min(removed)


def _kept(e: Evidence, what: str) -> Mistake:
    return silence.misnamed(e, "disconnect") or Mistake(
        "modal-never-removed",
        f"{what}: the entry is kept, or removed after the rest are told. A socket that goes sends "
        f'no {_CLOSED}: remove its entry in "disconnect", and then tell.',
        e.source.handler_of("disconnect"),
    )


def _pairs(finding: Finding) -> list[Any]:
    """The pairs of what came; [] where it has another shape."""
    return _pairs_in(finding.got)


def _expected(finding: Finding) -> list[Any]:
    """The pairs that should have come."""
    return _pairs_in(finding.expected)


def _owner(e: Evidence, pair: list[Any]) -> str | None:
    """The client whose socket a pair names."""
    return e.conversation.sids.get(pair[0]) if isinstance(pair[0], str) else None


def _pairs_in(payload: Payload | None) -> list[Any]:
    data = payload[0] if payload else None
    pairs = data.get("info") if isinstance(data, dict) else None
    if not isinstance(pairs, list):
        return []
    return [one for one in pairs if isinstance(one, list) and len(one) == 2]


RULES = (
    info_is_no_list,
    wrong_key,
    never_removed,
    closed_and_kept,
    leaving_not_told,
    newcomer_to_all,
    newcomer_not_told,
    only_newcomers,
    only_some,
)
