"""Mistakes that show in what is written to one user: what comes, and to which socket."""

import ast
from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.makechat.mistakes.said import all_sent, text_in
from grader.report.result import Mistake

_SEND, _HEAR, _UNKNOWN = "sendAnotherUserAMessage", "recMessage", "noAccountFound"
_LOGIN, _REGISTER, _ENTER = "loginUser", "registerUser", "userConnected"


def fixed_text(e: Evidence) -> Mistake | None:
    """What comes is the same, whatever was written."""
    said = {text_in(one, "msg") for one in all_sent(e, _SEND)}
    for finding in e.about(_HEAR, Fault.DIFFERENT, Fault.MISSING):
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
    for finding in e.about(_HEAR, Fault.DIFFERENT, Fault.MISSING):
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
    surplus = e.about(_HEAR, Fault.SURPLUS)
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
    emits = e.source.emitting(_HEAR)
    if emits and all(one.addressed for one in emits):
        return Mistake(
            "message-to-all",
            "the message comes to everybody: what to= is given is None, as there is no such user, "
            "or no such key. Look first, and emit only then.",
            e.source.emit_of(_HEAR),
        )
    return Mistake(
        "message-to-all",
        "the message is broadcast. emit(...) without to= reaches every client; it is for one user.",
        e.source.emit_of(_HEAR),
    )


def to_the_sender_too(e: Evidence) -> Mistake | None:
    """A message comes back to the client that wrote it, and not by a broadcast."""
    surplus = e.about(_HEAR, Fault.SURPLUS)
    if not surplus:
        return None
    sender, came = surplus[0].client, _text(surplus[0])
    of_it = [one for one in e.turn if text_in(one, "msg") == came]
    sent = [one for one in of_it if (one.kind, one.event) == (Kind.SENT, _SEND)]
    written = [one for one in sent if one.client == sender]
    if not written:
        return None
    heard = {one.client for one in of_it if (one.kind, one.event) == (Kind.HEARD, _HEAR)}
    others = heard - {sender}
    emits = e.source.emitting(_HEAR)
    narrowed = bool(emits) and all(emit.narrowed for emit in emits)
    if not all(_is_meant(e, one, text_in(written[-1], "name")) for one in others):
        return None
    if e.hearers(_HEAR) == e.present and not narrowed:
        return None
    back = [emit for emit in emits if emit.to_its_caller]
    return Mistake(
        "sender-hears-it",
        f"the message comes back to {sender}, who wrote it. It is for the user that it "
        "names, and for nobody else.",
        back[0].where if len(back) == 1 else None,
    )


def to_the_sender(e: Evidence) -> Mistake | None:
    """A message comes back to the client that wrote it."""
    sent = [one for one in e.turn if one.kind is Kind.SENT and one.event == _SEND]
    if not sent or not e.about(_HEAR, Fault.MISSING) or e.hearers(_HEAR) != {sent[-1].client}:
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
    for finding in e.about(_HEAR, Fault.MISSING):
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
    for finding in e.about(_HEAR, Fault.MISSING):
        names = _names_of(e, finding.client)
        gone = [one.client for one in e.conversation.entries if one.kind is Kind.LEFT]
        if e.hearers(_HEAR) or not _logged_in(e, finding.client):
            continue
        if not any(_names_of(e, name) & names for name in gone):
            continue
        said = _texts(e, _LOGIN)
        if "offline" in e.source.literals and "online" not in said and _assigns_sid(e):
            return Mistake(
                "left-offline",
                "the user has logged in again, and still counts as offline: a login has to set the "
                "status to online, in the very word that is looked for.",
                e.source.handler_of(_LOGIN),
            )
    return None


def wrong_user_offline(e: Evidence) -> Mistake | None:
    """Somebody goes, and another user gets nothing any more."""
    left = [(i, one) for i, one in enumerate(e.conversation.entries) if one.kind is Kind.LEFT]
    for finding in e.about(_HEAR, Fault.MISSING):
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
                "set offline. Only the user whose id is the sid that goes is offline now; a "
                "variable for all sockets finds the user who came last.",
                e.source.handler_of("disconnect"),
            )
    return None


def not_told_alone(e: Evidence) -> Mistake | None:
    """`noAccountFound` is broadcast."""
    act = e.act
    for finding in e.of(Fault.SURPLUS):
        told = act.client if act and act.client in e.hearers(_UNKNOWN) else finding.client
        if act and finding.event == _UNKNOWN and finding.client != told:
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


def _text(finding: Finding) -> Any:
    """The text that came."""
    data = finding.got[0] if finding.got else None
    return data.get("msg") if isinstance(data, dict) else None


def _names_of(e: Evidence, client: str) -> set[Any]:
    """The names under which a client has registered or logged in."""
    said = all_sent(e, _REGISTER, _LOGIN)
    return {text_in(one, "name") for one in said if one.client == client}


def _is_meant(e: Evidence, client: str, name: str | None) -> bool:
    """Whether what is written to the name is for the client: it has that name, or user id."""
    ids = [one.args for one in all_sent(e, _ENTER) if one.client == client]
    return name in _names_of(e, client) or (name,) in ids


def _logged_in(e: Evidence, client: str) -> bool:
    return any(one.client == client for one in all_sent(e, _LOGIN))


def _texts(e: Evidence, event: str) -> set[str]:
    """The strings in the handlers of an event."""
    constants = (node for node in e.source.inside(event) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}


def _assigns_sid(e: Evidence) -> bool:
    """Whether the handler of a login assigns its sid to something."""
    return any(
        isinstance(node, ast.Assign) and ast.unparse(node.value) in ("sid", "request.sid")
        for node in e.source.inside(_LOGIN)
    )


RULES = (
    fixed_text,
    text_alone,
    to_the_sender_too,
    to_all,
    to_the_sender,
    id_of_the_first_login,
    left_offline,
    wrong_user_offline,
    not_told_alone,
    not_told_the_asker,
)
