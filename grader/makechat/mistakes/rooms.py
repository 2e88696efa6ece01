"""Mistakes of step 11 that show in a room of sockets: who is in it, and which room it is."""

import ast

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind
from grader.history.findings import Fault
from grader.makechat.mistakes import silence
from grader.makechat.mistakes.said import all_sent, text_in
from grader.report.result import Mistake

_SEND, _HEAR = "sendAnotherUserAMessage", "recMessage"
_ENTER, _LEAVE = "userConnected", "userDisconnected"


def one_socket_per_user(e: Evidence) -> Mistake | None:
    """Of several sockets in one room, one alone hears it."""
    for finding in e.about(_HEAR, Fault.MISSING):
        rooms = _rooms_of(e, finding.client)
        alike = {name for name in e.present if _rooms_of(e, name) & rooms}
        wrote = e.act is not None and e.act.client == finding.client
        if len(e.hearers(_HEAR)) == 1 and e.hearers(_HEAR) < alike and not wrote:
            (one,) = e.hearers(_HEAR)
            return Mistake(
                "one-socket-per-user",
                f"the user has {len(alike)} sockets, and only {one} hears it: one socket is "
                "kept for each user. A room has any number of sockets.",
                e.source.handler_of(_ENTER),
            )
    return None


def room_not_entered(e: Evidence) -> Mistake | None:
    """Messages go to a room that nobody has entered."""
    missing = [one for one in e.about(_HEAR, Fault.MISSING) if _rooms_of(e, one.client)]
    where = e.source.handler_of(_ENTER)
    reached = any(e.conversation.heard(one.client, _HEAR) for one in missing)
    entered = keeping.entering(e.source)
    if missing and where and not e.hearers(_HEAR) and not entered and not reached:
        return Mistake(
            "room-not-entered",
            "nobody enters a room: await sio.enter_room(sid, room) puts the socket into it.",
            where,
        )
    quiet = not any(one.kind is Kind.HEARD for one in e.turn) and not e.traces
    writes = [one for one in e.source.listening_to(_SEND) if not one.idle]
    alive = not any(one.dead for one in e.source.emitting(_HEAR))
    to_a_room = alive and _to_a_room(e)
    if missing and quiet and not reached and where and writes and to_a_room and _enters(e):
        return Mistake(
            "another-room",
            "the room that the socket enters is not the one that is written to: both names have to "
            "be made of the user id in the same way.",
            where,
        )
    return None


def one_room_for_all(e: Evidence) -> Mistake | None:
    """Whoever has entered a room, of any user, hears what is written to one."""
    for finding in e.about(_HEAR, Fault.SURPLUS):
        to = {text_in(one, "name") for one in all_sent(e, _SEND) if one in e.turn}
        entered = {name for name in e.present if _rooms_of(e, name)}
        own = _rooms_of(e, finding.client)
        all_of_them = entered == e.hearers(_HEAR) and (entered < e.present or _to_a_room(e))
        if own and own.isdisjoint(to) and all_of_them:
            return Mistake(
                "one-room-for-all",
                f"{finding.client} has entered the room of another user, and hears it: all users "
                'have one room. Is the user id in the room\'s name, as in f"user {user_id}"?',
                e.source.function("room_of") or e.source.handler_of(_ENTER),
            )
    return None


def room_not_left(e: Evidence) -> Mistake | None:
    """A socket that said that it leaves goes on hearing."""
    for finding in e.about(_HEAR, Fault.SURPLUS):
        moves = [one for one in e.conversation.entries if _moves(one, finding.client)]
        if not moves or moves[-1].args[0] not in {text_in(one, "name") for one in e.turn}:
            continue
        entered = [one for one in moves if one.event == _ENTER and one.args == moves[-1].args]
        if moves[-1].event == _ENTER and len(entered) > 1:
            return Mistake(
                "entered-twice",
                f"{finding.client} has entered more than once, and gets each message more than "
                "once: a list holds a sid twice. A room, or a set, holds it once.",
                e.source.handler_of(_ENTER),
            )
        if moves[-1].event == _LEAVE:
            if e.source.known and (mistake := silence.not_handled(e, _LEAVE)):
                return mistake
            what = (
                "it has to leave, each time, the very room that it has entered."
                if e.source.calls("leave_room", "leave")
                else "await sio.leave_room(sid, room) takes the socket out of the room."
            )
            return Mistake(
                "room-not-left",
                f"{finding.client} has sent {_LEAVE}, and still hears what is written to the user: "
                f"{what}",
                e.source.handler_of(_LEAVE),
            )
    return None


def _to_a_room(e: Evidence) -> bool:
    """Whether each emit of a message names a room, or a socket."""
    emits = e.source.emitting(_HEAR)
    return bool(emits) and all(one.addressed for one in emits)


def _moves(entry: Entry, client: str) -> bool:
    """Whether a client asks to enter a room, or to leave one."""
    sent = entry.kind is Kind.SENT and entry.client == client
    return sent and entry.event in (_ENTER, _LEAVE) and bool(entry.args)


def _enters(e: Evidence) -> bool:
    """Whether the handler of userConnected lets its socket enter a room."""
    return any(
        isinstance(node, ast.Await) and ".enter_room(sid, " in ast.unparse(node)
        for node in e.source.inside(_ENTER)
    )


def _rooms_of(e: Evidence, client: str) -> set[str]:
    """The user ids whose rooms a client has asked to enter."""
    return {str(one.args[0]) for one in all_sent(e, _ENTER) if one.client == client and one.args}


RULES = (one_socket_per_user, room_not_entered, room_not_left)
