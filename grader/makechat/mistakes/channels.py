"""Mistakes that show in channels: their names, and who is in which room."""

import ast
from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.frameworks import framework
from grader.makechat.mistakes.emitting import answered_to_all
from grader.makechat.mistakes.handlers import inside_connect
from grader.makechat.mistakes.said import all_sent, changed, tidied
from grader.makechat.people import GENERAL
from grader.report.result import Mistake, Where

_NEW, _CHANGE, _MESSAGE, _ALL = (
    "new channel",
    "user changed channel",
    "new message",
    "get channels",
)


def of_the_names(e: Evidence) -> Mistake | None:
    """What is wrong with the names of the channels."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.event != _ALL or not finding.expected or len(finding.got or ()) != 1:
            continue
        assert finding.got
        expected, got = finding.expected[0], finding.got[0]
        where = e.source.emit_of(_ALL)
        if isinstance(got, dict) and list(got) == expected:
            return Mistake(
                "channels-not-names",
                "it is the whole dict, with all that was ever said. The page needs the names: "
                "list(channels).",
                where,
            )
        if got == {} and (a_map := e.source.a_map_as_json):
            return Mistake(
                "map-as-json",
                "an empty object comes, as a Map, or a Set, has no JSON: [...channels.keys()] is a "
                "list of the names.",
                a_map,
            )
        if not isinstance(got, list):
            continue
        if got == [name for name in expected if name != GENERAL]:
            if got == [] and e.source.emptied:
                return Mistake(
                    "existing-emptied",
                    "no channel is left, not even General: something empties what is kept.",
                    e.source.emptied[0] if len(e.source.emptied) == 1 else None,
                )
            return Mistake(
                "general-missing",
                'General is not among the channels. They start as {"General": []}.',
            )
        if got == sorted(expected):
            return Mistake(
                "channels-sorted",
                "they are sorted. They have to come in the order in which they were made.",
                where,
            )
        earlier = e.conversation.entries[: e.since]
        if any(
            one.kind is Kind.HEARD and one.event == _ALL and one.args == (got,) for one in earlier
        ):
            return Mistake(
                "kept-from-before",
                "it is the list that was told before, without the channels made since. Make "
                "the list each time somebody asks.",
                where,
            )
        made = {one.args[0] for one in all_sent(e, _NEW)}
        added = [name for name in got if name not in expected]
        meant = [name for name in (*expected, *made) if added and tidied(name, added[0])]
        if meant:
            return changed(meant[0], added[0], e.source.handler_of(_NEW))
        if added and got[: len(expected)] == expected and made.isdisjoint(added):
            return Mistake(
                "unknown-made",
                f"“{added[0]}” is a channel now, and nobody made it: to ask for a key with "
                "setdefault or in a defaultdict puts it there. Look with `in` first.",
            )
    return None


def taken_along(e: Evidence) -> Mistake | None:
    """A client that did not change the channel is told that it did."""
    act = e.act
    surplus = {f.client for f in e.about(_CHANGE, Fault.SURPLUS)}
    if not act or act.event not in (_NEW, _CHANGE) or not surplus - {act.client}:
        return None
    emits = e.source.emitting(_CHANGE, handling=act.event)
    where = emits[0].where if len(emits) == 1 else None
    members = _entered(e, act.args[0])
    if e.present == e.hearers(_CHANGE) and not surplus <= members:
        return answered_to_all(emits)
    # Where nobody else is present, only the source tells a room from everybody.
    narrowed = any(emit.narrowed and not emit.to_its_caller for emit in emits)
    to_a_room = narrowed or e.present != e.hearers(_CHANGE)
    looked_up = any(emit.to_what_a_call_gives for emit in emits)  # it may be nobody: None
    if surplus <= members and to_a_room and not (looked_up and e.present == e.hearers(_CHANGE)):
        return Mistake(
            "answered-to-room",
            "the answer goes to everybody in the channel's room. to=sid answers one.",
            where,
        )
    return None


def leaks(e: Evidence) -> Mistake | None:
    """A message is heard by those who never entered its channel."""
    for finding in e.of(Fault.SURPLUS):
        message = finding.got[0] if finding.got else None
        if finding.event != _MESSAGE or not isinstance(message, dict):
            continue
        channel = message.get("channel")
        if channel is None:
            continue
        if e.hearers(_MESSAGE) != e.present or finding.client in _entered(e, channel):
            continue
        if channel in {GENERAL, *(one.args[0] for one in all_sent(e, _NEW))}:
            open_to_all = [emit for emit in e.source.emitting(_MESSAGE) if not emit.narrowed]
            return Mistake(
                "heard-in-all-channels",
                "the message goes to everybody, whatever their channel. room=channel reaches "
                "those who have entered it.",
                open_to_all[0].where if len(open_to_all) == 1 else None,
            )
        emits = e.source.emitting(_MESSAGE)
        if emits and all(emit.narrowed for emit in emits):
            return Mistake(
                "unknown-heard-elsewhere",
                f"there is no channel “{channel}”, and what is said there is heard in another one. "
                "The room is the channel that stands in the message.",
                emits[0].where if len(emits) == 1 else None,
            )
        return Mistake(
            "unknown-to-all",
            f"there is no channel “{channel}”, and what is said there goes to everybody. Emit it "
            "only where the channel is known.",
        )
    return None


def own_room_left(e: Evidence) -> Mistake | None:
    """All rooms of a socket are left, its own too, by which to=sid reaches it."""
    missing = {finding.client for finding in e.of(Fault.MISSING)}
    changed = {one.client for one in all_sent(e, _NEW, _CHANGE)}
    if not missing or not missing <= changed:
        return None
    for file, tree in e.source.trees.items():
        for loop in ast.walk(tree):
            if not isinstance(loop, ast.For) or ".rooms(" not in ast.unparse(loop.iter):
                continue
            body = "\n".join(map(ast.unparse, loop.body))
            if "leave_room(" in body and "if " not in body:
                return Mistake(
                    "own-room-left",
                    "all rooms of the socket are left, its own too, by which an answer reaches it. "
                    "Leave only the others.",
                    Where(file, loop.lineno),
                )
    return None


def left_for_nowhere(e: Evidence) -> Mistake | None:
    """A client that has asked for a channel that is not there is not in its own any more."""
    for finding in e.about(_MESSAGE, Fault.MISSING):
        message = finding.expected[0] if finding.expected else None
        channel = message.get("channel") if isinstance(message, dict) else None
        acts = [one for one in all_sent(e, _NEW, _CHANGE) if one.client == finding.client]
        own = [one.event for one in acts if one.args == (channel,)]
        asked = acts[-1].args[0] if own else channel
        if asked == channel or _answered(e, finding.client, asked):
            continue
        # Another client that came in the same way hears it, so coming in works.
        others = e.hearers(_MESSAGE) & _alike(e, finding.client, own[-1], channel)
        was_in_it = others or _hears(e, finding.client, channel)
        if was_in_it and _answered(e, finding.client, channel):
            leaving = e.source.calls("leave_room", "leave")
            return Mistake(
                "left-for-nowhere",
                f"{finding.client} has asked for “{asked}”, which is no channel, and no longer "
                f"hears what is said in {channel}: look for the channel first, then leave the "
                "old room.",
                leaving[0] if len(leaving) == 1 else None,
            )
    return None


def not_in_the_room(e: Evidence) -> Mistake | None:
    """A client that changed to a channel, or made it, does not hear what others there hear."""
    emits = e.source.emitting(_MESSAGE)
    # Those who share a room tell nothing where the emit leaves somebody out by itself.
    if not emits or any(emit.to_its_caller or emit.leaves_out for emit in emits):
        return None
    made_with = framework(e.source)
    entries, hearers = e.conversation.entries, e.hearers(_MESSAGE)
    if not any(one.kind is Kind.HEARD and one.event == _CHANGE for one in entries):
        return None  # a server of an earlier step, which has no rooms
    for finding in e.of(Fault.MISSING):
        message = finding.expected[0] if finding.expected else None
        if finding.event != _MESSAGE or not isinstance(message, dict):
            continue
        channel = message["channel"]
        acts = [one for one in all_sent(e, _NEW, _CHANGE) if one.args == (channel,)]
        own = [one.event for one in acts if one.client == finding.client]
        if _hears(e, finding.client, channel):
            continue  # it is in the room
        # Where nobody hears it, only the source tells that nobody is in the room.
        no_rooms = _answered(e, finding.client, channel) and not e.source.entering
        speaks = e.act is not None and e.act.client == finding.client
        if own and speaks and not _alike(e, finding.client, own[-1], channel).isdisjoint(hearers):
            return None  # they came into it in the same way: the message leaves its sender out
        if own and (hearers or no_rooms):
            how = "made" if own[-1] == _NEW else "changed to"
            what = f"{finding.client} has {how} {channel}, and does not hear what is said there"
            if mistake := inside_connect(e, what):
                return mistake
            or_so = " Or is the sender of a message left out?" if speaks and hearers else ""
            or_else = (
                " Or is another room entered than the one that is written to, or closed again?"
                if e.source.entering
                else ""
            )
            return Mistake(
                "room-not-entered",
                f"{what}: {made_with.enters} enters its room.{or_so or or_else}",
                e.source.handler_of(own[-1]),
            )
    return None


def maker_not_taken(e: Evidence) -> Mistake | None:
    """A channel is made, and its maker stays where they are."""
    act = e.act
    missing = {finding.client for finding in e.about(_CHANGE, Fault.MISSING)}
    if not act or act.event != _NEW or missing != {act.client} or act.client not in e.hearers(_NEW):
        return None
    return Mistake(
        "maker-not-taken",
        f"everybody hears of the new channel, and {act.client}, who made it, does not get "
        f'"{_CHANGE}": the page shows the old one still.',
        e.source.handler_of(_NEW),
    )


def _alike(e: Evidence, client: str, event: str, channel: Any) -> set[str]:
    """The others who have made a channel, or changed to it, as a client has."""
    return {one.client for one in all_sent(e, event) if one.args == (channel,)} - {client}


def _entered(e: Evidence, channel: Any) -> set[str]:
    """The clients that have ever asked for a channel, or made it."""
    return {one.client for one in all_sent(e, _NEW, _CHANGE) if one.args == (channel,)}


def _answered(e: Evidence, client: str, channel: Any) -> bool:
    """Whether a client was ever told that it is in the channel now."""
    return _told(e, client, _CHANGE, channel)


def _hears(e: Evidence, client: str, channel: Any) -> bool:
    """Whether a client has ever heard what was said in the channel."""
    return _told(e, client, _MESSAGE, channel)


def _told(e: Evidence, client: str, event: str, channel: Any) -> bool:
    return any(
        one.kind is Kind.HEARD
        and (one.client, one.event) == (client, event)
        and isinstance(one.args[0], dict)
        and one.args[0].get("channel") == channel
        for one in e.conversation.entries
        if one.args
    )


RULES = (
    own_room_left,
    of_the_names,
    taken_along,
    leaks,
    left_for_nowhere,
    not_in_the_room,
    maker_not_taken,
)
