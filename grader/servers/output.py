"""What a server prints: captured with times, and bounded."""

import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

KEPT_LINES = 2_000
KEPT_LINE_BYTES = 4_096
LONGEST_LINE = 2**20  # bytes of a line that are looked at
FLOOD_BYTES = 64 * 2**20
FLOOD_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: `at` in seconds of time.monotonic(), its text without the line's end."""

    at: float
    text: str


@dataclass(eq=False)
class Watch:
    """Counts the lines that contain `text` and come after the watch was set."""

    text: str
    seen: int = 0


@dataclass
class Output:
    """The standard output and error of one server, as lines.

    The first and the last `KEPT_LINES` are kept, of each the first `KEPT_LINE_BYTES`; of a line,
    watches see the first `LONGEST_LINE`. `on_change` is called after lines have come. The first
    path of `renamed`, a copy, is shown as the second, of which it is one.
    """

    on_change: Callable[[], None] = lambda: None
    renamed: tuple[Path, Path] | None = None
    total_bytes: int = 0
    total_lines: int = 0
    _head: list[tuple[float, bytes]] = field(default_factory=list)
    _tail: deque[tuple[float, bytes]] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    _rest: bytearray = field(default_factory=bytearray)  # the line that has not ended
    _watches: list[Watch] = field(default_factory=list)

    def feed(self, data: bytes) -> None:
        """Take the next bytes from the pipe."""
        self.total_bytes += len(data)
        first, *others = data.split(b"\n")
        self._rest += first[: LONGEST_LINE - len(self._rest)]
        if not others:
            return
        *whole, rest = (line[:LONGEST_LINE] for line in others)
        lines = [bytes(self._rest), *whole]
        if self.renamed and self.renamed[0] != self.renamed[1]:
            copy, original = map(os.fsencode, self.renamed)
            lines = [line.replace(copy, original) for line in lines]
        self._rest = bytearray(rest)
        self._take(lines)
        for watch in self._watches:
            text = watch.text.encode()
            watch.seen += sum(text in line for line in lines)
        self.on_change()

    def end(self) -> None:
        """The pipe has ended: what is left is a line too."""
        if self._rest:
            self.feed(b"\n")

    @property
    def flooded(self) -> bool:
        """Whether more came than any server has reason to print."""
        return self.total_bytes > FLOOD_BYTES or self.total_lines > FLOOD_LINES

    def watch(self, text: str) -> Watch:
        """Count from now on the lines that contain `text`."""
        watch = Watch(text)
        self._watches.append(watch)
        return watch

    def lines(self) -> list[Line]:
        """The kept lines; where lines are left out between them, one line says how many."""
        missing = self.total_lines - len(self._head) - len(self._tail)
        kept = [_line(at, text) for at, text in self._head]
        if missing:
            kept.append(Line(self._tail[0][0], f"(… {missing:,} more lines)"))
        return kept + [_line(at, text) for at, text in self._tail]

    def _take(self, lines: list[bytes]) -> None:
        now = time.monotonic()
        self.total_lines += len(lines)
        room = KEPT_LINES - len(self._head)
        self._head += [(now, _kept(line)) for line in lines[:room]]
        self._tail.extend((now, _kept(line)) for line in lines[room:][-KEPT_LINES:])


def _kept(line: bytes) -> bytes:
    """What is kept of a line: one byte more than is shown tells that it was longer."""
    return line.rstrip(b"\r")[: KEPT_LINE_BYTES + 1]


def _line(at: float, raw: bytes) -> Line:
    text = raw[:KEPT_LINE_BYTES].decode(errors="backslashreplace")
    return Line(at, text + " …" if len(raw) > KEPT_LINE_BYTES else text)
