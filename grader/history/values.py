"""Payloads: JSON values compared as JSON, and shown so that different ones never look alike."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from grader.text import printable

WIDEST = 160  # characters of a value that is shown whole
_CONTEXT = 40  # characters on either side of the place that is shown of a longer one


def same(left: Any, right: Any, *, more_keys: bool = False) -> bool:
    """Whether two payloads are the same JSON: true is not 1, and the order of keys is free.

    `more_keys`: the objects of the right one may have more keys than those of the left one.
    """
    pairs = [(left, right)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, bool) or isinstance(other, bool):
            if one is not other:
                return False
        elif isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
            if len(one) != len(other):
                return False
            pairs += zip(one, other, strict=True)
        elif isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys() and not (more_keys and one.keys() <= other.keys()):
                return False
            pairs += ((one[key], other[key]) for key in one)
        elif one != other:
            return False
    return True


def text_of(value: Any) -> str:
    """A value as JSON on one line, characters that a terminal would obey written as escapes.

    A text that is not composed (Unicode's normal form C) has its accents as escapes too, so that
    it does not look like the one that is. Bytes, which JSON has not, are written as in Python.
    """
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, RecursionError):  # bytes are in it, or more levels than the encoder goes
        text = ""
    if not text or not unicodedata.is_normalized("NFC", text):
        text = "".join(_pieces(value))
    return printable(text)


def show(payload: tuple[Any, ...], names: Mapping[str, str], beside: tuple[Any, ...] = ()) -> str:
    """An event's payload as the reader sees it; "" where there is none.

    `names` maps what is long and random (a socket id) to what stands for it. A payload longer
    than `WIDEST` is cut where it differs from `beside`, and says how long it is.
    """
    text, other = (", ".join(map(text_of, values)) for values in (payload, beside))
    return cut(renamed(text, names), renamed(other, names))


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The text with what stands for each of these names in its place."""
    for long, short in names.items():
        text = text.replace(long, short)
    return text


def cut(text: str, other: str = "") -> str:
    """The text; one longer than `WIDEST` is cut where it differs from `other`."""
    if len(text) <= WIDEST:
        return text
    start = max(0, _first_difference(text, other) - _CONTEXT)
    start = 0 if start < WIDEST // 2 else start
    kept = text[start : start + WIDEST - _CONTEXT]
    before = f"(from character {start:,}) … " if start else ""
    after = " …" if start + len(kept) < len(text) else ""
    return f"{before}{kept}{after} ({len(text):,} characters)"


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


class _Written(str):
    """A piece of text that is written already."""

    __slots__ = ()


def _pieces(value: Any) -> Iterator[str]:
    """The pieces of the text of a value, however deeply it is nested."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, _Written):
            yield one
        elif isinstance(one, dict):
            rest.append(_Written("}"))
            for i, (key, inner) in reversed([*enumerate(one.items())]):
                rest += (inner, _Written(f"{', ' if i else ''}{_scalar(key)}: "))
            rest.append(_Written("{"))
        elif isinstance(one, (list, tuple)):
            rest.append(_Written("]"))
            for i, inner in reversed([*enumerate(one)]):
                rest += (inner, _Written(", " if i else ""))
            rest.append(_Written("["))
        else:
            yield _scalar(one)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=not unicodedata.is_normalized("NFC", value))
    return repr(value) if isinstance(value, bytes) else json.dumps(value, default=repr)
