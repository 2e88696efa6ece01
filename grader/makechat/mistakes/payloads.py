"""Mistakes that show in a payload: its shape, or its text, is not what came in."""

import html
import json
import unicodedata
from collections.abc import Callable
from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.history.values import same, text_of
from grader.report.result import Mistake, Where

# What may have happened to a text, and what to say of it; the first that fits.
_CHANGES: tuple[tuple[str, Callable[[str], str], str], ...] = (
    (
        "text-stripped",
        str.strip,
        "the spaces at its ends are stripped. What is handed on stays as it came.",
    ),
    (
        "text-escaped",
        html.escape,
        "its markup is escaped. That is for the page to do, where the text is shown; "
        "what is sent stays as it came.",
    ),
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


def shape(e: Evidence) -> Mistake | None:
    """The right thing in the wrong wrapping, or a part of it."""
    for finding in _differing(e):
        expected, got = finding.expected[0], finding.got  # type: ignore[index]
        where = _where(e, finding)
        assert got is not None
        if len(got) != 1:
            return Mistake(
                "several-arguments",
                f"it comes as {len(got)} arguments. A tuple is taken apart: emit one object."
                if got
                else "it comes without a payload: emit(event, data).",
                where,
            )
        value = got[0]
        if (
            isinstance(value, dict)
            and len(value) == 1
            and same(next(iter(value.values())), expected)
        ):
            return Mistake(
                "wrapped",
                f"it is wrapped in an object, under {text_of(next(iter(value)))}. The page "
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
        if isinstance(expected, dict) and finding.event == "new message":
            return _of_message(e, value, expected, where)
    return None


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
        for name, change, what in _CHANGES:
            if change(expected) == got:
                return Mistake(name, what, where)
        if got and expected.startswith(got):
            return Mistake("text-cut", f"it is cut after {len(got):,} characters.", where)
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
    for finding in _differing(e):
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
    return None


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
    if lost and not added:
        return Mistake(
            "keys-lost",
            f"{', '.join(lost)} is lost on the way: a new object is made of some of the keys. "
            "Emit the very object that came.",
            where,
        )
    return None


def _differing(e: Evidence) -> list[Finding]:
    return [f for f in e.of(Fault.DIFFERENT) if f.expected is not None and f.got is not None]


def _where(e: Evidence, finding: Finding) -> Where | None:
    emits = e.source.emitting(finding.event)
    return emits[0].where if len(emits) == 1 else None


def _is_json_of(text: str, value: Any) -> bool:
    try:
        return same(json.loads(text), value)
    except (ValueError, RecursionError):
        return False


RULES = (from_before, shape, text, dropped_when_empty, out_of_order)
