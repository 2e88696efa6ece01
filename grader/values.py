"""Payloads: JSON values compared as JSON, and shown so that different ones never look alike."""

import json
from collections.abc import Mapping
from typing import Any

WIDEST = 160  # characters of a value that is shown whole
_CONTEXT = 40  # characters on either side of the place that is shown of a longer one


def same(left: Any, right: Any) -> bool:
    """Whether two payloads are the same JSON: true is not 1, and the order of keys is free."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    return bool(left == right)


def text_of(value: Any) -> str:
    """A value as JSON on one line, characters that a terminal would obey written as escapes."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=_other)
    except (ValueError, RecursionError):
        text = f"(a {type(value).__name__} nested too deeply to show)"
    return printable(text)


def printable(text: str) -> str:
    """The text with each control, format and unpaired surrogate character as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def show(payload: tuple[Any, ...], names: Mapping[str, str], beside: tuple[Any, ...] = ()) -> str:
    """An event's payload as the reader sees it; "" where there is none.

    `names` maps what is long and random (a socket id) to what stands for it. A payload longer
    than `WIDEST` is cut where it differs from `beside`, and says how long it is.
    """
    text = ", ".join(map(text_of, payload))
    other = ", ".join(map(text_of, beside))
    if len(text) > WIDEST:
        start = max(0, _first_difference(text, other) - _CONTEXT)
        start = 0 if start < WIDEST // 2 else start
        cut = text[start : start + WIDEST - _CONTEXT]
        before = f"(from character {start:,}) … " if start else ""
        after = " …" if start + len(cut) < len(text) else ""
        text = f"{before}{cut}{after} ({len(text):,} characters)"
    for long, short in names.items():
        text = text.replace(long, short)
    return text


def shortened(ids: list[str]) -> dict[str, str]:
    """Each id → its shortest beginning, of at least 4 characters, that no other shares, and …"""
    return {
        one: next(
            (
                one[:length] + "…"
                for length in range(4, len(one))
                if not any(other != one and other.startswith(one[:length]) for other in ids)
            ),
            one,
        )
        for one in ids
    }


def _first_difference(text: str, other: str) -> int:
    if not other or text == other:
        return 0
    pairs = zip(text, other, strict=False)
    shorter = min(len(text), len(other))
    return next((i for i, (a, b) in enumerate(pairs) if a != b), shorter)


def _other(value: Any) -> str:
    if isinstance(value, bytes):
        return f"({len(value):,} bytes)"
    return repr(value)
