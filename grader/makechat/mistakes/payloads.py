"""Mistakes that show in a payload: its shape, or its text, is not what came in."""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from grader.explaining.evidence import Evidence, handled
from grader.history.conversation import Kind, Payload
from grader.history.findings import Fault, Finding
from grader.history.values import same, text_of
from grader.report.result import Mistake, Where

_ESCAPED = (
    "its markup is escaped. That is for the page to do, where the text is shown; "
    "what is sent stays as it came."
)
_JOINED = "several spaces become one. What is handed on stays as it came."

_OF_USERS = ("get online users", "user has left")  # objects whose keys are users

# What may have happened to a text, and what to say of it; the first that fits.
_CHANGES: tuple[tuple[str, Callable[[str], str], str], ...] = (
    (
        "text-stripped",
        str.strip,
        "the spaces at its ends are stripped. What is handed on stays as it came.",
    ),
    ("text-escaped", html.escape, _ESCAPED),
    ("text-stripped", lambda text: " ".join(text.split()), _JOINED),
    ("text-stripped", lambda text: re.sub(r"\s+", " ", text), _JOINED),
    ("text-escaped", lambda text: html.escape(text, quote=False), _ESCAPED),
    ("text-escaped", lambda text: text.replace("<", "&lt;"), _ESCAPED),
    ("text-escaped", lambda text: text.replace("<", "&lt;").replace(">", "&gt;"), _ESCAPED),
    ("text-escaped", lambda text: re.sub(r"<[^>]*>", "", text), "its markup is taken out."),
    ("text-changed", str.lower, "it is turned into lower case. Names and texts stay as they came."),
    ("text-changed", str.upper, "it is turned into upper case. Names and texts stay as they came."),
    ("text-changed", str.title, "it is capitalized. Names and texts stay as they came."),
    ("text-changed", str.capitalize, "it is capitalized. Names and texts stay as they came."),
    (
        "not-ascii-lost",
        lambda text: text.encode("ascii", "ignore").decode(),
        "every character outside ASCII is lost. Python's str and JSON carry any script as it is.",
    ),
    (
        "not-ascii-lost",
        lambda text: text.encode("ascii", "replace").decode(),
        "every character outside ASCII is lost. Python's str and JSON carry any script as it is.",
    ),
    (
        "text-changed",
        lambda text: unicodedata.normalize("NFC", text),
        "its characters are composed again (NFC). What is handed on stays as it came.",
    ),
)


def exchanged(e: Evidence) -> Mistake | None:
    """A socket id comes, where the payload that came in should."""
    for finding in _differing(e):
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
    for finding in _differing(e):
        expected, got = finding.expected[0], finding.got  # type: ignore[index]
        where = _where(e, finding)
        assert got is not None
        one = "object" if isinstance(expected, dict) else "value"
        if len(got) != 1:
            return Mistake(
                "several-arguments",
                f"it comes as {len(got)} arguments. A tuple is taken apart: emit one {one}."
                if got
                else "it comes without a payload: emit(event, data).",
                where,
            )
        value = got[0]
        under = (
            [key for key, one in value.items() if same(one, expected)]
            if (isinstance(value, dict))
            else []
        )
        if under:
            return Mistake(
                "wrapped",
                f"it is wrapped in an object, under {text_of(under[0])}. The page "
                "expects it as it is.",
                where,
            )
        if isinstance(value, list) and len(value) == 1 and same(value[0], expected):
            return Mistake(
                "wrapped", "it is wrapped in a list. The page expects it as it is.", where
            )
        if (
            isinstance(value, str)
            and not isinstance(expected, str)
            and _is_json_of(value, expected)
        ):
            return Mistake(
                "json-text",
                "it is JSON text, a string. emit makes JSON of a dict by itself: leave "
                "json.dumps away.",
                where,
            )
        if isinstance(value, str) and not isinstance(expected, str) and value == str(expected):
            return Mistake(
                "json-text",
                "it is text, as str() makes it. emit sends a dict as it is: leave str() away.",
                where,
            )
        if (
            isinstance(expected, dict)
            and isinstance(value, dict)
            and finding.event not in _OF_USERS
            and (mistake := _keys(value, expected, where))
        ):
            return mistake
        if isinstance(expected, dict) and finding.event == "new message":
            return _of_message(e, value, expected, where)
        users = finding.event in _OF_USERS
        if isinstance(expected, dict) and not users:
            mistake = _key_added(value, expected, where)
            if mistake:
                return mistake
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
                "keys-exchanged", f"{text_of(one)} and {text_of(two)} are exchanged.", where
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


def text(e: Evidence) -> Mistake | None:
    """The text itself was changed."""
    for finding in _differing(e):
        expected, got = finding.expected[0], finding.got[0] if finding.got else None  # type: ignore[index]
        if isinstance(expected, dict) and isinstance(got, dict):
            differing = [k for k in expected if k in got and not same(expected[k], got[k])]
            if len(differing) != 1 or expected.keys() != got.keys():
                continue
            expected, got = expected[differing[0]], got[differing[0]]
        if not isinstance(expected, str) or not isinstance(got, str):
            continue
        where = _where(e, finding)
        if changed := change_of(expected, got):
            return Mistake(*changed, where)
    return None


def change_of(expected: str, got: str) -> tuple[str, str] | None:
    """What was done to a text: the id of the mistake, and what to say of it; None where it is not
    clear.
    """
    for name, change, what in _CHANGES:
        if change(expected) == got != expected:
            return name, what
    if got and expected != got and expected.startswith(got):
        return "text-cut", f"it is cut after {len(got):,} characters."
    return None


def dropped_when_empty(e: Evidence) -> Mistake | None:
    """An empty text was taken for none."""
    for finding in e.of(Fault.MISSING):
        payload = finding.expected[0] if finding.expected else None
        if isinstance(payload, dict) and payload.get("message") == "":
            before = e.conversation.entries[: e.since]
            if any(one.kind is Kind.HEARD and one.event == finding.event for one in before):
                return Mistake(
                    "dropped-when-empty",
                    'an empty text is a message too. "if text:" is false for "" as well as for '
                    "None.",
                )
    return None


def out_of_order(e: Evidence) -> Mistake | None:
    """What came is right, and came too early."""
    sent = [one.args for one in e.turn if one.kind is Kind.SENT]
    for finding in e.of(Fault.DIFFERENT):
        if sum(same(args, finding.got) for args in sent) == 1 and len(sent) > 1:
            return Mistake(
                "out-of-order",
                "messages overtake one another: something holds one back while the next goes out.",
            )
    return None


def from_before(e: Evidence) -> Mistake | None:
    """Messages that were sent before the client connected."""
    entries = e.conversation.entries
    for finding in e.of(Fault.DIFFERENT, Fault.SURPLUS):
        connected = [
            i
            for i, one in enumerate(entries)
            if one.kind is Kind.CONNECTED and one.client == finding.client
        ]
        old = entries[: connected[-1]] if connected else []
        if finding.event == "new message" and any(
            one.kind is Kind.SENT and same(one.args, finding.got) for one in old
        ):
            return Mistake(
                "old-messages",
                f"messages are kept and sent to those who come later. {finding.client} was not "
                "there when this one was sent.",
            )
    act = e.act
    if not act or act.kind is not Kind.SENT or e.traces:
        return None
    now = [one.args for one in e.turn if one.kind is Kind.SENT and one.event == act.event]
    earlier = [one for one in entries[: e.since] if one.kind in (Kind.SENT, Kind.HEARD)]
    if any(one.event == act.event and same(one.args, sent) for one in earlier for sent in now):
        return None  # the same was said before: what is made of it now is what was then
    for finding in _differing(e):
        came = any(one.event == finding.event and same(one.args, finding.got) for one in earlier)
        if came and len(now) == 1 and _handed_on(now[0], finding) and not same(now[0], finding.got):
            return Mistake(
                "kept-from-before",
                "it is what came the time before: the handler keeps it, and sends that instead of "
                "what has come now.",
                _where(e, finding),
            )
    return None


def _handed_on(sent: Payload, finding: Finding) -> bool:
    """Whether what should come is what was sent, or an object with a text of it, which what came
    has not.
    """
    expected = finding.expected
    if not sent or not expected or same(sent, expected):
        return bool(sent and expected)
    texts = sent[0].values() if isinstance(sent[0], dict) else sent
    values, came = (
        [*payload[0].values()] if payload and isinstance(payload[0], dict) else []
        for payload in (expected, finding.got)
    )
    return any(isinstance(one, str) and one in values and one not in came for one in texts)


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
            f"{', '.join(lost)} is lost on the way: a new object is made of some of the keys. "
            "Emit the very object that came.",
            where,
        )
    return None


def _differing(e: Evidence) -> list[Finding]:
    found = [f for f in e.of(Fault.DIFFERENT) if f.expected is not None and f.got is not None]
    return found or [*_instead(e)]


def _instead(e: Evidence) -> Iterator[Finding]:
    """What did not come, where something else came of the event, and always the same."""
    for finding in e.of(Fault.MISSING):
        heard = [
            one.args
            for one in e.turn
            if one.kind is Kind.HEARD and (one.client, one.event) == (finding.client, finding.event)
        ]
        if heard and finding.expected and all(same(one, heard[0]) for one in heard):
            yield replace(finding, fault=Fault.DIFFERENT, got=heard[0])


def _where(e: Evidence, finding: Finding) -> Where | None:
    emits = e.source.emitting(finding.event, handling=handled(e.act) if e.act else "")
    return emits[0].where if len(emits) == 1 else None


def _is_json_of(text: str, value: Any) -> bool:
    try:
        return same(json.loads(text), value)
    except (ValueError, RecursionError):
        return False


RULES = (exchanged, from_before, shape, text, dropped_when_empty, out_of_order)
