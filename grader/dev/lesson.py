"""A lesson taken apart: its sections, its tasks, its hints and its generated blocks.

    # Step 6 · Saving and destroying users        the first line, from step.toml

    ## Build it                                   one of SECTIONS, in this order
    ### 1 · Save them (`app.py`, `chat.py`)       a task: number, title, files
    <!-- quote solution/app.py: online_users -->  a block: kind and argument; up to its end, it is
    <!-- /quote -->                               what `grader dev lessons` writes
    <!-- writes solution/chat.py: async def … --> lines that the task adds, and does not show
    <!-- until 3 solution/app.py: users.add --> code in a fence, which stands in place of these
                                               lines until task 3 is done
    ## Hints
    <details><summary>1: where to</summary>       a hint: the task's number, and what about it
    …
    </details>
    ## Commit
    git commit -am "Users can join and leave"     the message of the step's commit

Positions are indices into the lesson's text; lines count from 1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SECTIONS = (
    "What you will see",
    "Where we are",
    "Build it",
    "Check yourself",
    "Hints",
    "What changed",
    "Underneath",
    "Go further",
    "Commit",
)

_FENCE = re.compile(r"^(`{3,})[^`\n]*\n.*?^\1`*[ ]*$", re.M | re.S)
_OPENING = re.compile(r"^<!-- (?:quote|diff|checks)\b", re.M)
_BLOCK = re.compile(
    # An argument may take several lines, but does not reach over the end of its comment.
    r"^<!-- (quote|diff|checks)(?:\s+((?:(?!\s*-->).)+))?\s*-->\n(.*?)^<!-- /\1 -->$",
    re.M | re.S,
)
_WRITES = re.compile(r"^<!-- writes\s+((?:(?!\s*-->).)+)\s*-->$", re.M | re.S)
_UNTIL = re.compile(
    r"^<!-- until\s+(\d+)\s+((?:(?!\s*-->).)+)\s*-->\n+(`{3,})[^`\n]*\n(.*?)^\3`*[ ]*$",
    re.M | re.S,
)
_UNTIL_OPENING = re.compile(r"^<!-- until\b", re.M)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_TAG = re.compile(r"</?[a-z][^>\n]*>")
_SECTION = re.compile(r"^## +(.*?) *$", re.M)
_TASK = re.compile(r"^### +(.*?) *$", re.M)
_TASK_NAME = re.compile(r"(\d+) · (.+?) \((`[^`]+`(?:, `[^`]+`)*)\)")
_HINT = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.S)
_HINT_NAME = re.compile(r"(\d+): \S.*")
_COMMIT = re.compile(r'git commit -am "([^"\n]+)"')
_LINK = re.compile(r"""\]\(<?([^)\s>]+)|\b(?:src|href)=["']([^"']+)""")


@dataclass(frozen=True)
class Part:
    """A stretch of the lesson under a heading: the heading's text, its line, what follows it."""

    title: str
    line: int
    start: int
    text: str


@dataclass(frozen=True)
class Block:
    """A generated block. `start` and `end` are those of its body, without the two comments."""

    kind: str
    argument: str
    line: int
    start: int
    end: int
    body: str


@dataclass(frozen=True)
class Task:
    """A task of "Build it". Number 0: the heading is not in the form of a task's."""

    number: int
    title: str
    files: tuple[str, ...]
    line: int
    blocks: tuple[Block, ...]
    prose: str

    @property
    def checks(self) -> list[str]:
        """The ids of the checks that prove it."""
        return [i for b in self.blocks if b.kind == "checks" for i in b.argument.split()]


@dataclass(frozen=True)
class Reference:
    """Lines of a file that a task, or a hint for it, shows or names: `FILE: FIRST … LAST`."""

    task: int
    argument: str
    line: int


@dataclass(frozen=True)
class Interim:
    """Code that a task, or a hint for it, shows: a later task replaces it with other lines.

    It stands in place of the solution's lines that `argument` names, `FILE: FIRST … LAST`, until
    the task `until` is done.
    """

    task: int
    until: int
    argument: str
    code: str
    line: int


@dataclass(frozen=True)
class Hint:
    """A hint. Task 0: the summary does not begin with a task's number."""

    task: int
    line: int
    text: str


class Lesson:
    """A lesson's text, read as it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sections = tuple(self._parts(_SECTION, 0, len(text)))

    @classmethod
    def read(cls, file: Path) -> "Lesson":
        """Raises OSError, UnicodeDecodeError."""
        return cls(file.read_text(encoding="utf-8"))

    @cached_property
    def heading(self) -> str:
        """The first line."""
        return self.text.partition("\n")[0]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The generated blocks, in order."""
        return tuple(self._blocks())

    @cached_property
    def unclosed(self) -> list[int]:
        """The lines in which a block begins that has no end of its own."""
        begun = {match.start() for match in _BLOCK.finditer(self.text)}
        found = (match.start() for match in _OPENING.finditer(self.text))
        return [self._line(start) for start in found if start not in begun]

    @cached_property
    def unshown(self) -> list[int]:
        """The lines that say until when some code stands, and are followed by none."""
        begun = {match.start() for match in _UNTIL.finditer(self.text)}
        found = (match.start() for match in _UNTIL_OPENING.finditer(self.text))
        return [self._line(start) for start in found if start not in begun]

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks, in order."""
        return tuple(map(self._task, self._below("Build it", _TASK)))

    @cached_property
    def hints(self) -> tuple[Hint, ...]:
        """The hints, in order."""
        return tuple(self._hints())

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """What the tasks and their hints refer to, in order."""
        return tuple(self._references())

    @cached_property
    def interim(self) -> tuple[Interim, ...]:
        """The code that does not stay, in order."""
        return tuple(
            Interim(number, int(match[1]), match[2], match[4], self._line(match.start()))
            for match in _UNTIL.finditer(self.text)
            for number in self._tasks_at(match.start())
        )

    @cached_property
    def messages(self) -> list[str]:
        """The messages of the commits that it suggests: one, in a right lesson."""
        return [m for part in self._named("Commit") for m in _COMMIT.findall(part.text)]

    @cached_property
    def words(self) -> int:
        """How many words the prose has: without generated blocks, fenced code and comments."""
        return len(_prose(self.text).split())

    @cached_property
    def links(self) -> list[tuple[str, int]]:
        """What it links to and shows, and the lines in which it does; not what is in code."""
        return [
            (match[1] or match[2], self._line(match.start()))
            for match in _LINK.finditer(_blank(_FENCE, self.text))
        ]

    def _line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def _parts(self, heading: re.Pattern[str], start: int, end: int) -> Iterator[Part]:
        """The stretches from each heading to the next. A heading inside code does not count."""
        bare = _blank(_FENCE, self.text)
        found = list(heading.finditer(bare, start, end))
        for match, after in zip(found, [*found[1:], None], strict=False):
            until = after.start() if after else end
            text = self.text[match.end() : until]
            yield Part(match[1], self._line(match.start()), match.end(), text)

    def _named(self, title: str) -> list[Part]:
        return [part for part in self.sections if part.title == title]

    def _below(self, section: str, heading: re.Pattern[str]) -> Iterator[Part]:
        for part in self._named(section):
            yield from self._parts(heading, part.start, part.start + len(part.text))

    def _blocks(self) -> Iterator[Block]:
        for match in _BLOCK.finditer(self.text):
            kind, argument, body = match.groups("")
            yield Block(kind, argument, self._line(match.start()), *match.span(3), body)

    def _task(self, part: Part) -> Task:
        name = _TASK_NAME.fullmatch(part.title)
        number, title, files = name.groups() if name else (0, part.title, "")
        span = range(part.start, part.start + len(part.text))
        blocks = tuple(block for block in self.blocks if block.start in span)
        names = tuple(re.findall(r"`([^`]+)`", files))
        return Task(int(number), title, names, part.line, blocks, _prose(part.text))

    def _hints(self) -> Iterator[Hint]:
        for number, start, match in self._hint_matches():
            yield Hint(number, self._line(start), match[2].strip())

    def _hint_matches(self) -> Iterator[tuple[int, int, re.Match[str]]]:
        """The task's number of each hint, where it begins, and its match."""
        for part in self._named("Hints"):
            for match in _HINT.finditer(part.text):
                name = _HINT_NAME.fullmatch(match[1].strip())
                yield int(name[1]) if name else 0, part.start + match.start(), match

    @cached_property
    def _spans(self) -> list[tuple[int, range]]:
        """The tasks' numbers, and where each task and each hint for it stands."""
        spans = [
            (task.number, range(part.start, part.start + len(part.text)))
            for task, part in zip(self.tasks, self._below("Build it", _TASK), strict=True)
        ]
        hints = self._hint_matches()
        return spans + [(n, range(at, at + len(match[0]))) for n, at, match in hints]

    def _tasks_at(self, position: int) -> Iterator[int]:
        return (number for number, span in self._spans if position in span)

    def _references(self) -> Iterator[Reference]:
        named = [(match.start(), match[1]) for match in _WRITES.finditer(self.text)]
        named += [(block.start, block.argument) for block in self.blocks if block.kind == "quote"]
        for at, argument in sorted(named):
            for number in self._tasks_at(at):
                yield Reference(number, argument, self._line(at))


def _prose(text: str) -> str:
    for what in (_BLOCK, _FENCE, _COMMENT, _TAG):
        text = _blank(what, text)
    return " ".join(word for word in text.split() if re.search(r"\w", word))


def _blank(what: re.Pattern[str], text: str) -> str:
    """The text with spaces for what matches: every position and line stays."""
    return what.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
