"""Mistakes in a text that is handed on: it was changed on the way, or taken for none."""

import html
import re
import unicodedata
from collections.abc import Callable

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.history.values import same, text_of
from grader.makechat.mistakes.differing import differing, emitted_at
from grader.makechat.mistakes.said import all_sent, text_in, tidied
from grader.report.result import Mistake

_MESSAGE = "new message"
_ESCAPED = (
    "its markup is escaped. That is for the page to do, where the text is shown; "
    "what is sent stays as it came."
)
_JOINED = "several spaces become one. What is handed on stays as it came."

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
        "every character outside ASCII is lost. JSON carries each script as it is.",
    ),
    (
        "not-ascii-lost",
        lambda text: text.encode("ascii", "replace").decode(),
        "every character outside ASCII is lost. JSON carries each script as it is.",
    ),
    (
        "text-changed",
        lambda text: unicodedata.normalize("NFC", text),
        "its characters are composed again (NFC). What is handed on stays as it came.",
    ),
)


def text(e: Evidence) -> Mistake | None:
    """The text itself was changed."""
    for finding in differing(e):
        expected, got = finding.expected[0], finding.got[0] if finding.got else None  # type: ignore[index]
        if isinstance(expected, dict) and isinstance(got, dict):
            changed = [key for key in expected if not same(expected[key], got.get(key))]
            if len(changed) != 1 or expected.keys() != got.keys():
                continue
            expected, got = expected[changed[0]], got[changed[0]]
        if not isinstance(expected, str) or not isinstance(got, str):
            continue
        where = emitted_at(e, finding)
        if known := change_of(expected, got):
            return Mistake(*known, where)
    return None


def change_of(expected: str, got: str) -> tuple[str, str] | None:
    """What was done to a text: the id of the mistake, and what to say of it; None where it is not
    clear.
    """
    for name, change, what in _CHANGES:
        if change(expected) == got != expected:
            return name, what
    if got and expected != got and expected.startswith(got):
        sign = expected[len(got)]
        at_a_sign = not sign.isalnum() and sign not in got
        where = f"at its first “{sign}”" if at_a_sign else f"after {len(got):,} characters"
        return "text-cut", f"it is cut {where}."
    return None


def said_by_the_server(e: Evidence) -> Mistake | None:
    """A message that nobody has sent, nor one like it."""
    said = {text for one in all_sent(e, _MESSAGE) if (text := text_in(one, "message"))}
    for finding in e.about(_MESSAGE, Fault.SURPLUS, Fault.DIFFERENT):
        got = finding.got[0] if finding.got else None
        if not isinstance(got, dict):
            continue
        text = got.get("message")
        if not isinstance(text, str) or not text.strip():
            continue
        if finding.fault is Fault.DIFFERENT and got.get("sender") in e.conversation.clients:
            continue  # it may be somebody's text, changed beyond recognition
        if not any(one in text or tidied(one, text) for one in said):
            return Mistake(
                "said-by-the-server",
                f"nobody has said {text_of(text)}: the server says it itself. To the page it is a "
                "message that somebody has written.",
                e.source.emit_of(_MESSAGE),
            )
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


RULES = (said_by_the_server, text, dropped_when_empty)
