"""Hunks: a change to a text as search and replace, by whole lines.

A hunk is written as in a unified diff, without line numbers: what begins with a space or `-` is
searched, what begins with a space or `+` stands there afterwards. The searched lines must stand in
the text exactly once, which is what line numbers are for elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

KEPT, REMOVED, ADDED = " ", "-", "+"


class HunkError(Exception):
    """The searched lines stand in the text `times` times instead of once."""

    def __init__(self, hunk: "Hunk", times: int) -> None:
        self.hunk = hunk
        self.times = times
        super().__init__(f"{times} times: {hunk.old}")


class NoFinalNewlineError(Exception):
    """A text without a newline at its end cannot be written as lines."""


@dataclass(frozen=True)
class Hunk:
    """Lines, each with a space, `-` or `+` before it."""

    lines: tuple[str, ...]

    @property
    def old(self) -> tuple[str, ...]:
        """The lines that are searched."""
        return tuple(line[1:] for line in self.lines if line[0] != ADDED)

    @property
    def new(self) -> tuple[str, ...]:
        """The lines that stand there afterwards."""
        return tuple(line[1:] for line in self.lines if line[0] != REMOVED)


def lines_of(text: str) -> list[str]:
    """The lines of a text, split at newlines alone. Raises NoFinalNewlineError."""
    if text and not text.endswith("\n"):
        raise NoFinalNewlineError
    return text.split("\n")[:-1]


def apply(text: str, hunks: Sequence[Hunk]) -> str:
    """The text after the change. Raises HunkError, and NoFinalNewlineError."""
    lines = lines_of(text)
    places: list[tuple[int, Hunk]] = []
    for hunk in hunks:
        found = _places(lines, hunk.old)
        if len(found) != 1:
            raise HunkError(hunk, len(found))
        places.append((found[0], hunk))
    for place, hunk in sorted(places, key=lambda one: one[0], reverse=True):
        lines[place : place + len(hunk.old)] = hunk.new
    return "".join(f"{line}\n" for line in lines)


def overlapping(text: str, hunks: Sequence[Hunk]) -> Hunk | None:
    """The first hunk that searches lines which another one searches too, or None.

    Each hunk's lines must stand in the text once.
    """
    lines = lines_of(text)
    places = sorted((_places(lines, hunk.old)[0], i) for i, hunk in enumerate(hunks))
    end = 0
    for place, i in places:
        if place < end:
            return hunks[i]
        end = place + len(hunks[i].old)
    return None


def difference(old: str, new: str) -> tuple[Hunk, ...]:
    """The hunks that make the new text of the old one, with as little around them as is enough.

    Raises NoFinalNewlineError.
    """
    before, after = lines_of(old), lines_of(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    changes = [code[1:] for code in matcher.get_opcodes() if code[0] != "equal"]
    spans = [_span(before, first, last) for first, last, _, _ in changes]
    hunks: list[Hunk] = []
    i = 0
    while i < len(changes):
        start, end = spans[i]
        last = i
        while last + 1 < len(changes) and spans[last + 1][0] < max(end, changes[last][1] + 1):
            last += 1
            start, end = min(start, spans[last][0]), max(end, spans[last][1])
        hunks.append(_hunk(before, after, changes[i : last + 1], start, end))
        i = last + 1
    return tuple(hunks)


def _places(lines: Sequence[str], searched: Sequence[str]) -> list[int]:
    """Where the searched lines begin; what is empty is found nowhere."""
    size = len(searched)
    wanted = list(searched)
    return [i for i in range(len(lines) - size + 1) if size and lines[i : i + size] == wanted]


def _span(lines: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """The shortest span around lines[first:last] that stands in the lines once."""
    for around in range(len(lines) + 1):
        for above in range(around, -1, -1):
            start, end = first - above, last + around - above
            if start < 0 or end > len(lines) or start == end:
                continue
            if len(_places(lines, lines[start:end])) == 1:
                return start, end
    return 0, len(lines)


def _hunk(
    before: Sequence[str],
    after: Sequence[str],
    changes: Sequence[tuple[int, int, int, int]],
    start: int,
    end: int,
) -> Hunk:
    """One hunk of the changes, which searches before[start:end]."""
    lines: list[str] = []
    for first, last, new_first, new_last in changes:
        lines += [KEPT + line for line in before[start:first]]
        lines += [REMOVED + line for line in before[first:last]]
        lines += [ADDED + line for line in after[new_first:new_last]]
        start = last
    lines += [KEPT + line for line in before[start:end]]
    return Hunk(tuple(lines))
