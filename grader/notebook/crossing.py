"""What passes between the kernel and the grader: names, and values as text, never as code.

A value's text is JSON, with tags for what JSON has not: `{"bytes": hex}`, `{"tuple": [item, …]}`
and `{"dict": [[key, value], …]}`, the pairs in the order of their texts. So two values are the
same, type for type, exactly where their texts are.
"""

import json
from typing import Any

READY = "connection "  # begins the line in which the kernel says where it listens, as JSON
CELL = "cell "  # and a number: the name of a cell's code in tracebacks

# Types under which the kernel publishes something for the grader alone.
ANSWER = "application/vnd.make-chat.answer"  # what came of calling a function
PRINTED = "application/vnd.make-chat.printed"  # how many characters a cell has printed

LARGEST_MESSAGE = 2**22  # bytes of a message of the kernel's; the grader reads no larger one

DEEPEST = 50  # levels of a value
LARGEST_INT = 2**13  # bits; Python writes no int of more than 4,300 digits
LARGEST = 2**18  # characters of its text, about


class CrossingError(ValueError):
    """A value that does not cross, or a text that is no value; says why."""


def encode(value: Any) -> str:
    """The value as text. Raises CrossingError where it is of another type, too deep or too large.

    A subclass is another type: what it does instead of its parent cannot cross.
    """
    return json.dumps(_Encoding().plain(value, DEEPEST))


def decode(text: str) -> Any:
    """The value of a text that anybody may have written. Raises CrossingError where it is none."""
    try:
        return _value(json.loads(text), DEEPEST)
    except (ValueError, TypeError, RecursionError) as error:
        raise CrossingError(f"what came back is no value: {error}") from error


class _Encoding:
    """One value on its way to plain JSON; `_room` is left of LARGEST."""

    def __init__(self) -> None:
        self._room = LARGEST

    def plain(self, value: Any, levels: int) -> Any:
        kind = type(value)
        if not levels:
            raise CrossingError(f"a value of more than {DEEPEST} levels")
        self._take(1)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            if value.bit_length() > LARGEST_INT:
                raise CrossingError(f"an int of more than {LARGEST_INT:,} bits")
            return value
        if kind is str:
            self._take(len(value))
            return value
        if kind is bytes:
            self._take(2 * len(value))
            return {"bytes": value.hex()}
        if kind is list:
            return [self.plain(item, levels - 1) for item in value]
        if kind is tuple:
            return {"tuple": [self.plain(item, levels - 1) for item in value]}
        if kind is dict:
            pairs = [
                [self.plain(key, levels - 1), self.plain(item, levels - 1)]
                for key, item in value.items()
            ]
            return {"dict": sorted(pairs, key=json.dumps)}
        raise CrossingError(f"a value of type {kind.__name__}")

    def _take(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise CrossingError(f"a value of more than {LARGEST:,} characters")


def _value(plain: Any, levels: int) -> Any:
    if not levels:
        raise ValueError(f"it has more than {DEEPEST} levels")
    if isinstance(plain, list):
        return [_value(item, levels - 1) for item in plain]
    if not isinstance(plain, dict):
        return plain
    match plain:
        case {"bytes": str(digits), **rest} if not rest:
            return bytes.fromhex(digits)
        case {"tuple": [*items], **rest} if not rest:
            return tuple(_value(item, levels - 1) for item in items)
        case {"dict": [*pairs], **rest} if not rest:
            return {_value(key, levels - 1): _value(item, levels - 1) for key, item in pairs}
    raise ValueError(f"it has an unknown tag: {', '.join(plain)}")
