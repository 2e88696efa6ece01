"""Mistakes in the shape of a payload: its keys, its wrapping, what it is made of."""

import json
from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind, Payload
from grader.history.values import same, text_of
from grader.makechat.mistakes import earlier, texts
from grader.makechat.mistakes.differing import differing, emitted_at
from grader.report.result import Mistake, Where

_OF_USERS = ("get online users", "user has left")  # objects whose keys are users


def exchanged(e: Evidence) -> Mistake | None:
    """A socket id comes, where the payload that came in should."""
    for finding in differing(e):
        (value, *_) = (*(finding.got or ()), None)
        handlers = e.source.listening_to(finding.event)
        named = len(handlers) == 1 and handlers[0].parameters
        if named and isinstance(value, str) and value in e.conversation.sids:
            return Mistake(
                "handler-parameters",
                f"it is the id of the socket. {handlers[0].function}"
                f"({', '.join(handlers[0].parameters)}) is called with the sid first, and then "
                "with the payload.",
                handlers[0].where,
            )
    return None


def shape(e: Evidence) -> Mistake | None:
    """The right thing in the wrong wrapping, or a part of it."""
    for finding in differing(e):
        expected, got = finding.expected[0], finding.got  # type: ignore[index]
        where = emitted_at(e, finding)
        assert got is not None
        one = "object" if isinstance(expected, dict) else "value"
        if not got or (got == (None,) and expected is not None):
            return _without(e, got, where)
        if len(got) != 1:
            return Mistake(
                "several-arguments",
                f"it comes as {len(got)} arguments. A tuple is taken apart: emit one {one}.",
                where,
            )
        value = got[0]
        if mistake := _wrapping(value, expected, where):
            return mistake
        if not isinstance(expected, dict) or finding.event in _OF_USERS:
            continue
        if isinstance(value, dict) and (mistake := _keys(value, expected, where)):
            return mistake
        if finding.event == "new message" and (mistake := _of_message(e, value, expected, where)):
            return mistake
        if not isinstance(value, dict):
            keys = ", ".join(map(text_of, expected))
            return Mistake(
                "not-an-object",
                f"it comes as {_kind(value)}, and the page expects an object with {keys}.",
                where,
            )
        if mistake := _key_added(value, expected, where):
            return mistake
    return None


def _without(e: Evidence, got: Payload, where: Where | None) -> Mistake:
    """No payload came, or null, for which nobody has asked."""
    if not got:
        text = (
            "it comes without a payload: emit(event, data). None counts as none, and a function "
            "without a return gives None, as append(), sort() and update() do."
        )
    elif e.source.scripts:
        text = (
            "undefined and null come as null: nothing of that name is there. In a method that is "
            "handed over as a handler, `this` is the socket."
        )
    else:
        text = "null comes: there is nothing in what is emitted."
    return Mistake("no-payload", text, where)


def _wrapping(value: Any, expected: Any, where: Where | None) -> Mistake | None:
    """The right value in an object, in a list, or as text."""
    under = (
        [key for key, one in value.items() if same(one, expected)]
        if isinstance(value, dict)
        else []
    )
    if under:
        return Mistake(
            "wrapped",
            f"it is wrapped in an object, under {text_of(under[0])}. The page expects it as it is.",
            where,
        )
    if isinstance(value, list) and len(value) == 1 and same(value[0], expected):
        return Mistake("wrapped", "it is wrapped in a list. The page expects it as it is.", where)
    if not isinstance(value, str) or isinstance(expected, str):
        return None
    if value == str(expected) and not isinstance(expected, (dict, list)):
        return Mistake("json-text", "it is text. Emit the value itself.", where)
    if _is_json_of(value, expected):
        return Mistake(
            "json-text",
            "it is JSON text, a string. emit makes JSON of a dict by itself: do not call "
            "json.dumps.",
            where,
        )
    if value == str(expected):
        return Mistake(
            "json-text",
            "it is text, as str() makes it. emit sends a dict as it is: do not call str().",
            where,
        )
    return None


def _keys(value: dict[str, Any], expected: dict[str, Any], where: Where | None) -> Mistake | None:
    """The right values, under other keys."""
    lost = [key for key in expected if key not in value]
    added = [key for key in value if key not in expected]
    renamed = len(lost) == len(added) == 1
    if renamed and same(expected[lost[0]], value[added[0]], more_keys=True):
        return Mistake(
            "wrong-key",
            f"{text_of(added[0])} should be called {text_of(lost[0])}: that is the key in which "
            "the page looks.",
            where,
        )
    rest = [key for key in expected if key in value]
    right = all(same(expected[key], value[key], more_keys=True) for key in rest)
    if (rest or not value) and lost and not added and right and "sender" not in value:
        return Mistake(
            "keys-lost",
            f"{', '.join(map(text_of, lost))} is missing in it: the page needs it.",
            where,
        )
    other = [key for key in expected if not lost and not same(expected[key], value.get(key))]
    if len(other) == 2 and not added:
        one, two = other
        if same(expected[one], value[two]) and same(expected[two], value[one]):
            return Mistake(
                "keys-exchanged", f"{text_of(one)} and {text_of(two)} are swapped.", where
            )
    return None


def _key_added(value: Any, expected: dict[str, Any], where: Where | None) -> Mistake | None:
    """An object that has all that it should, and more."""
    if not isinstance(value, dict) or not expected.keys() < value.keys():
        return None
    if any(not same(one, value[key]) for key, one in expected.items()):
        return None
    added = ", ".join(text_of(key) for key in value if key not in expected)
    return Mistake(
        "key-added", f"{added} is added to it. What is handed on stays as it came.", where
    )


def _of_message(
    e: Evidence, value: Any, expected: dict[str, Any], where: Where | None
) -> Mistake | None:
    if same(value, expected.get("message")):
        return Mistake(
            "only-the-text",
            "the text comes alone, without its sender. Emit the whole object that came.",
            where,
        )
    if not isinstance(value, dict):
        return None
    sender, last = expected.get("sender"), e.joined[-1:]
    if sender != value.get("sender") in last and same({**value, "sender": sender}, expected):
        return Mistake(
            "last-who-joined",
            f"{sender} has sent it, and it comes as {last[0]}'s, who joined last: one variable for "
            "all clients holds the last name. Who has sent it stands in what was sent.",
            where,
        )
    added = {key for key in value if key not in expected}
    lost = [key for key in expected if key not in value]
    earlier = {
        key
        for one in e.conversation.entries[: e.since]
        if one.kind is Kind.SENT and one.event == "new message"
        for key in one.args[0]
    }
    if added and added <= earlier and not lost:
        return Mistake(
            "kept-from-before",
            f"{', '.join(sorted(added))} is of an earlier message: one dict for all messages "
            "keeps what was put into it.",
            where,
        )
    if added and not lost:
        return _key_added(value, expected, where)
    if lost and not added:
        return Mistake(
            "keys-lost",
            f"{', '.join(lost)} is lost on the way: a new object is made of some of the keys, or "
            "it is taken out. Emit the same object that came.",
            where,
        )
    return None


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "a single value"


def _is_json_of(text: str, value: Any) -> bool:
    try:
        return same(json.loads(text), value)
    except (ValueError, RecursionError):
        return False


RULES = (exchanged, earlier.from_before, shape, *texts.RULES, earlier.out_of_order)
