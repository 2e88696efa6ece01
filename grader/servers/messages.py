"""What the host of the servers says, read as a stranger's: a server may have got hold of it.

Every line is checked for its size, its shape and its values before anything is done with it. The
lines are described in `grader.servers.host.loop`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_LONGEST = 2**16  # bytes of a line
_LARGEST = 2**31  # of any number
_TEXT = 1_000  # characters of a text


class StrangeError(Exception):
    """The host says what no host says."""

    def __str__(self) -> str:
        return "the host of the servers said something that it never says"


@dataclass(frozen=True)
class Ready:
    """The host is there; what it can keep apart."""

    isolation: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """A library that servers need is broken here: nothing that they do would be their own."""

    error: str


@dataclass(frozen=True)
class Made:
    """A world with so many sockets, which came with it, after the one of netlink."""

    number: int
    sockets: int


@dataclass(frozen=True)
class Started:
    """A process runs."""

    number: int
    pid: int


@dataclass(frozen=True)
class Failed:
    """A process could not be started."""

    number: int
    error: str


@dataclass(frozen=True)
class Ended:
    """A process has ended; `because` is "" unless the host had a reason to end it.

    `left`: what it had started has not ended yet.
    """

    number: int
    code: int
    because: str
    left: bool


@dataclass(frozen=True)
class Gone:
    """All that a process had started has ended, too."""

    number: int


@dataclass(frozen=True)
class Broken:
    """A process that had started could not be kept apart from the machine, and ran nothing."""

    number: int
    error: str


Message = Broken | Fault | Ready | Made | Started | Failed | Ended | Gone


class Messages:
    """The lines that have come, and what has come of the next."""

    def __init__(self) -> None:
        self._rest = b""

    def fed(self, data: bytes) -> Iterator[Message]:
        """The messages that are whole with these bytes. Raises StrangeError."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in (*lines, self._rest):
            if len(line) > _LONGEST:
                raise StrangeError
        yield from map(_message, lines)


def _message(line: bytes) -> Message:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise StrangeError from error
    match said:
        case {"ready": True, "isolation": list(names)}:
            return Ready(tuple(_text(name) for name in names))
        case {"fault": error}:
            return Fault(_text(error))
        case {"world": number, "sockets": sockets}:
            return Made(_number(number), _number(sockets))
        case {"started": number, "pid": pid}:
            # 0, 1 and below stand for other processes than one: kill(2).
            return Started(_number(number), _number(pid, least=2))
        case {"failed": number, "error": error}:
            return Failed(_number(number), _text(error))
        case {"broken": number, "error": error}:
            return Broken(_number(number), _text(error))
        case {"ended": number, "code": code}:
            because, left = _text(said.get("because", "")), said.get("left") is True
            return Ended(_number(number), _number(code, least=-256), because, left)
        case {"gone": number}:
            return Gone(_number(number))
    raise StrangeError


def _number(value: Any, least: int = 0) -> int:
    if type(value) is not int or not least <= value < _LARGEST:
        raise StrangeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _TEXT:
        raise StrangeError
    return value
