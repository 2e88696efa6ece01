"""Mistakes of steps 10 and 11: what is written to one user, and who hears it."""

import ast
from collections.abc import Iterator
from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind
from grader.history.findings import Fault, Finding
from grader.makechat.mistakes import silence
from grader.makechat.mistakes.said import all_sent, text_in
from grader.report.result import Mistake

_SEND, _HEAR, _UNKNOWN = "sendAnotherUserAMessage", "recMessage", "noAccountFound"
_LOGIN, _REGISTER = "loginUser", "registerUser"
_ENTER, _LEAVE = "userConnected", "userDisconnected"


def fixed_text(e: Evidence) -> Mistake | None:
    """What comes is the same, whatever was written."""
    said = {text_in(one, "msg") for one in all_sent(e, _SEND)}
    for finding in _about(e, Fault.DIFFERENT, Fault.MISSING):
        heard = [one for one in e.turn if one.kind is Kind.HEARD and one.event == _HEAR]
        texts = {text_in(one, "msg") for one in heard if one.client == finding.client}
        if len(texts) == 1 and not texts <= said and texts <= e.source.literals:
            return Mistake(
                "fixed-text",
                f"“{texts.pop()}” comes, whatever was written: the text stands in the "
                'server. Send data["msg"].',
                e.source.emit_of(_HEAR),
            )
    return None


def text_alone(e: Evidence) -> Mistake | None:
    """The text comes without the object around it."""
    alone = [(text_in(one, "msg"),) for one in all_sent(e, _SEND)]
    for finding in _about(e, Fault.DIFFERENT, Fault.MISSING):
        heard = [one for one in e.turn if one.kind is Kind.HEARD and one.event == _HEAR]
        if any(one.client == finding.client and one.args in alone for one in heard):
            return Mistake(
                "msg-alone",
                'the text comes alone. The page expects an object: {"msg": text}.',
                e.source.emit_of(_HEAR),
            )
    return None


def to_all(e: Evidence) -> Mistake | None:
    """A message to one user is broadcast."""
    surplus = _about(e, Fault.SURPLUS)
    if not surplus or e.hearers(_HEAR) != e.present:
        return None
    # What the server writes itself, to the sender for instance, is no broadcast.
    came = [_text(one) for one in surplus]
    written = [
        one
        for one in e.turn
        if one.kind is Kind.SENT and one.event == _SEND and text_in(one, "msg") in came
    ]
    if not written:
        return None
    to_nobody = {text_in(one, "msg") for one in e.turn if text_in(one, "name") == ""}
    if _text(surplus[0]) in to_nobody:
        return Mistake(
            "empty-name-to-all",
            'a message to the name "" reaches everybody: for emit an empty to= is no room at all. '
            "Put a word in front of the name, or send nothing.",
            e.source.emit_of(_HEAR),
        )
    return Mistake(
        "message-to-all",
        "the message is broadcast. emit(...) without to= reaches every client; it is for one user.",
        e.source.emit_of(_HEAR),
    )


def to_the_sender(e: Evidence) -> Mistake | None:
    """A message comes back to the client that wrote it."""
    sent = [one for one in e.turn if one.kind is Kind.SENT and one.event == _SEND]
    if not sent or not _about(e, Fault.MISSING) or e.hearers(_HEAR) != {sent[-1].client}:
        return None
    if text_in(sent[-1], "name") in _names_of(e, sent[-1].client):
        return None
    return Mistake(
        "sent-to-the-sender",
        f"the message goes back to {sent[-1].client}, who wrote it: sid is the socket "
        "of the sender. It is for the user that it names.",
        e.source.emit_of(_HEAR),
    )


def id_of_the_first_login(e: Evidence) -> Mistake | None:
    """The messages go on to the socket at which the user was before."""
    for finding in _about(e, Fault.MISSING):
        names = _names_of(e, finding.client)
        before = [name for name in e.hearers(_HEAR) if _names_of(e, name) & names]
        if _logged_in(e, finding.client) and before:
            return Mistake(
                "id-of-first-login",
                f"the message goes to {before[0]}, where the user was before. A login has to save "
                "the sid of the socket that logs in.",
                e.source.handler_of(_LOGIN),
            )
    return None


def left_offline(e: Evidence) -> Mistake | None:
    """A user who left logs in again, and nothing comes."""
    for finding in _about(e, Fault.MISSING):
        names = _names_of(e, finding.client)
        gone = [one.client for one in e.conversation.entries if one.kind is Kind.LEFT]
        if e.hearers(_HEAR) or not _logged_in(e, finding.client):
            continue
        if not any(_names_of(e, name) & names for name in gone):
            continue
        said = {text for one in _functions(e, _LOGIN) for text in _texts(one)}
        if "offline" in e.source.literals and "online" not in said and _assigns_sid(e):
            return Mistake(
                "left-offline",
                "the user has logged in again, and the status is still offline: a login has to set "
                "it to online.",
                e.source.handler_of(_LOGIN),
            )
    return None


def wrong_user_offline(e: Evidence) -> Mistake | None:
    """Somebody goes, and another user gets nothing any more."""
    left = [(i, one) for i, one in enumerate(e.conversation.entries) if one.kind is Kind.LEFT]
    for finding in _about(e, Fault.MISSING):
        names = _names_of(e, finding.client)
        heard = e.conversation.heard(finding.client, _HEAR)
        if not names or e.hearers(_HEAR) or not left or not heard or heard[-1] > left[-1][0]:
            continue
        goer = left[-1][1].client
        if _names_of(e, goer) & names:
            return Mistake(
                "old-socket-sets-offline",
                f"{goer} goes, a socket that the user no longer uses, and the user is set "
                "offline. Compare the user's id with the sid that goes.",
                e.source.handler_of("disconnect"),
            )
        if not _names_of(e, goer) or "offline" in e.source.literals:
            return Mistake(
                "wrong-user-offline",
                f"{goer} goes, and {finding.client} gets nothing any more: the wrong user is "
                "set offline. One variable for all sockets holds the user who came last.",
                e.source.handler_of("disconnect"),
            )
    return None


def not_told_alone(e: Evidence) -> Mistake | None:
    """`noAccountFound` is broadcast."""
    act = e.act
    for finding in e.of(Fault.SURPLUS):
        if finding.event == _UNKNOWN and act and act.client in e.hearers(_UNKNOWN):
            return Mistake(
                "told-to-all",
                f"{act.client} logs in, and all are told that there is no such account. Give emit "
                "to=sid to answer one.",
                e.source.emit_of(_UNKNOWN),
            )
    return None


def not_told_the_asker(e: Evidence) -> Mistake | None:
    """`noAccountFound` reaches others, and not the client that tried to log in."""
    act = e.act
    others = e.hearers(_UNKNOWN) - ({act.client} if act else set())
    for finding in e.of(Fault.MISSING):
        if finding.event == _UNKNOWN and act and act.client == finding.client and others:
            return Mistake(
                "answered-to-others",
                f"{act.client} logs in, and {min(others)} is told that there is no such account. "
                "Give emit to=sid to answer the one who asks.",
                e.source.emit_of(_UNKNOWN),
            )
    return None


def one_socket_per_user(e: Evidence) -> Mistake | None:
    """Of several sockets in one room, one alone hears it."""
    for finding in _about(e, Fault.MISSING):
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
    missing = [one for one in _about(e, Fault.MISSING) if _rooms_of(e, one.client)]
    where = e.source.handler_of(_ENTER)
    if missing and where and not e.hearers(_HEAR) and not e.source.entering:
        return Mistake(
            "room-not-entered",
            "nobody enters a room: await sio.enter_room(sid, room) puts the socket into it.",
            where,
        )
    quiet = not any(one.kind is Kind.HEARD for one in e.turn) and not e.traces
    reached = any(e.conversation.heard(one.client, _HEAR) for one in missing)
    emits = e.source.emitting(_HEAR)
    writes = [one for one in e.source.listening_to(_SEND) if not one.idle]
    to_a_room = emits and all(set(one.narrowed) & {"to", "room"} and not one.dead for one in emits)
    if missing and quiet and not reached and where and writes and to_a_room and _enters(e):
        return Mistake(
            "another-room",
            "the room that the socket enters is not the one that is written to: both names have to "
            "be made of the user id in the same way.",
            where,
        )
    return None


def room_not_left(e: Evidence) -> Mistake | None:
    """A socket that said that it leaves goes on hearing."""
    for finding in _about(e, Fault.SURPLUS):
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
            return Mistake(
                "room-not-left",
                f"{finding.client} has sent {_LEAVE}, and still hears what is written to the user: "
                "await sio.leave_room(sid, room) takes the socket out of the room.",
                e.source.handler_of(_LEAVE),
            )
    return None


def _moves(entry: Entry, client: str) -> bool:
    """Whether a client asks to enter a room, or to leave one."""
    sent = entry.kind is Kind.SENT and entry.client == client
    return sent and entry.event in (_ENTER, _LEAVE) and bool(entry.args)


def _about(e: Evidence, *faults: Fault) -> list[Finding]:
    return [finding for finding in e.of(*faults) if finding.event == _HEAR]


def _text(finding: Finding) -> Any:
    """The text that came."""
    data = finding.got[0] if finding.got else None
    return data.get("msg") if isinstance(data, dict) else None


def _names_of(e: Evidence, client: str) -> set[Any]:
    """The names under which a client has registered or logged in."""
    said = all_sent(e, _REGISTER, _LOGIN)
    return {text_in(one, "name") for one in said if one.client == client}


def _enters(e: Evidence) -> bool:
    """Whether the handler of userConnected lets its socket enter a room."""
    calls = (node for one in _functions(e, _ENTER) for node in ast.walk(one))
    return any(
        isinstance(node, ast.Await) and ".enter_room(sid, " in ast.unparse(node) for node in calls
    )


def _rooms_of(e: Evidence, client: str) -> set[str]:
    """The user ids whose rooms a client has asked to enter."""
    return {str(one.args[0]) for one in all_sent(e, _ENTER) if one.client == client and one.args}


def _logged_in(e: Evidence, client: str) -> bool:
    return any(one.client == client for one in all_sent(e, _LOGIN))


def _functions(e: Evidence, event: str) -> Iterator[ast.AST]:
    """The handlers of an event, as syntax trees."""
    places = {(one.where.file, one.where.line) for one in e.source.listening_to(event)}
    for file, tree in e.source.trees.items():
        for node in ast.walk(tree):
            kinds = ast.AsyncFunctionDef | ast.FunctionDef
            if isinstance(node, kinds) and (file, node.lineno) in places:
                yield node


def _texts(function: ast.AST) -> set[str]:
    constants = (node for node in ast.walk(function) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}


def _assigns_sid(e: Evidence) -> bool:
    """Whether the handler of a login assigns its sid to something."""
    return any(
        isinstance(node, ast.Assign) and ast.unparse(node.value) in ("sid", "request.sid")
        for function in _functions(e, _LOGIN)
        for node in ast.walk(function)
    )


RULES = (
    fixed_text,
    text_alone,
    to_all,
    to_the_sender,
    id_of_the_first_login,
    left_offline,
    wrong_user_offline,
    not_told_alone,
    not_told_the_asker,
    one_socket_per_user,
    room_not_entered,
    room_not_left,
)
