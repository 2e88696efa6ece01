"""Mistakes of who is in which room: one that is not entered, or left, or left too early."""

import ast
from collections.abc import Iterator
from typing import Any

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.explaining.syntax import FUNCTIONS, called
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.frameworks import framework
from grader.makechat.mistakes.handlers import inside_connect
from grader.makechat.mistakes.said import all_sent
from grader.report.result import Mistake, Where

_NEW, _CHANGE, _MESSAGE = "new channel", "user changed channel", "new message"


def own_room_left(e: Evidence) -> Mistake | None:
    """All rooms of a socket are left, its own too, by which to=sid reaches it."""
    missing = {finding.client for finding in e.of(Fault.MISSING)}
    changed = {one.client for one in all_sent(e, _NEW, _CHANGE)}
    if not missing or not missing <= changed:
        return None
    for file, tree in e.source.trees.items():
        for loop in _leaving_all(tree):
            if not any(isinstance(one, ast.If) for one in ast.walk(loop)):
                return Mistake(
                    "own-room-left",
                    "all rooms of the socket are left, its own too, by which an answer reaches it. "
                    "Leave only the others.",
                    Where(file, loop.lineno),
                )
    return None


def left_again(e: Evidence) -> Mistake | None:
    """A room is entered, and then left again with the old ones, or in the place of the old one."""
    missing = {finding.client for finding in e.about(_MESSAGE, Fault.MISSING)}
    changed = {one.client for one in all_sent(e, _NEW, _CHANGE)}
    if not missing or not missing <= changed or e.hearers(_MESSAGE):
        return None
    for file, tree in e.source.trees.items():
        for function in filter(_is_innermost, ast.walk(tree)):
            for line, left in _left_after_entering(function):
                return Mistake(
                    "left-again",
                    f"the channel's room is entered, and then left again, {left}. Leave the old "
                    "room first.",
                    Where(file, line),
                )
    return None


def _is_innermost(node: ast.AST) -> bool:
    """Whether it is a function with none in it, whose lines run one after the other."""
    inside = sum(isinstance(one, FUNCTIONS) for one in ast.walk(node))  # itself included
    return isinstance(node, FUNCTIONS) and inside == 1


def _leaving_all(function: ast.AST) -> Iterator[ast.For]:
    """Loops over the rooms of a socket in which they are left."""
    for loop in ast.walk(function):
        if isinstance(loop, ast.For) and "rooms(" in ast.unparse(loop.iter):
            yield from [loop] if "leave_room(" in ast.unparse(loop) else ()


def _left_after_entering(function: ast.AST) -> Iterator[tuple[int, str]]:
    """The lines in which a room that has just been entered is left, and in which way."""
    calls = [one for one in ast.walk(function) if isinstance(one, ast.Call) and one.args]
    for entering in (one for one in calls if called(one) in ("enter_room", "join_room")):
        room = ast.unparse(entering.args[-1])
        names = {room, *_called_so(function, room)}
        for leaving in (one for one in calls if called(one) == "leave_room"):
            left = ast.unparse(leaving.args[-1])
            if leaving.lineno > entering.lineno and left in names:
                yield leaving.lineno, f"as {left}, which it is by then"
        for loop in _leaving_all(function):
            if loop.lineno > entering.lineno and room not in ast.unparse(loop):
                yield loop.lineno, "as all rooms are"


def _called_so(function: ast.AST, value: str) -> set[str]:
    """What a function assigns this to."""
    assigns = [one for one in ast.walk(function) if isinstance(one, ast.Assign)]
    return {ast.unparse(one.targets[0]) for one in assigns if ast.unparse(one.value) == value}


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
        no_rooms = _answered(e, finding.client, channel) and not keeping.entering(e.source)
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
                if keeping.entering(e.source)
                else ""
            )
            return Mistake(
                "room-not-entered",
                f"{what}: {made_with.enters} enters its room.{or_so or or_else}",
                e.source.handler_of(own[-1]),
            )
    return None


def _alike(e: Evidence, client: str, event: str, channel: Any) -> set[str]:
    """The others who have made a channel, or changed to it, as a client has."""
    return {one.client for one in all_sent(e, event) if one.args == (channel,)} - {client}


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


RULES = (own_room_left, left_again, left_for_nowhere, not_in_the_room)
