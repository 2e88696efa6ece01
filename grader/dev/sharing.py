"""Shares out the lines of a file that a step changes among the tasks of its lesson.

Each line that differs belongs to one task:

- a new line to the task that quotes it, or that names it in `<!-- writes FILE: FIRST … LAST -->`,
  or whose hint does; where several do, to the one with the shortest quote of it;
- else to the task whose TODO stands in its place, or that alone names the file in its heading, or
  whose TODO is the nearest above it where none stands in its place;
- an import that nothing refers to, to the first task that uses what it imports;
- an old line that goes, to the first task of the TODOs right above it, or else of what takes its
  place, or else to the TODO nearest above; a TODO to its own task.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from grader.dev import files
from grader.dev.lesson import Lesson
from grader.dev.starters import TODO


class StateError(Exception):
    """The states cannot be made: the file, what is wrong, how to fix it, and the line."""

    def __init__(self, name: str, what: str, fix: str, line: int) -> None:
        super().__init__(f"{name}:{line}: {what}; {fix}")
        self.name = name
        self.what = what
        self.fix = fix
        self.line = line


@dataclass(frozen=True)
class Line:
    """A line of one of the states: it is there from the state `since` on, and before `until`."""

    text: str
    since: int
    until: int


@dataclass(frozen=True)
class Wanted:
    """The lines of a solution's file that a task refers to."""

    task: int
    name: str
    span: range


@dataclass(frozen=True)
class Interim:
    """Lines that stand in place of those of a solution's file, from one task to another."""

    since: int
    until: int
    name: str
    span: range
    code: list[str]
    line: int


class SharedFile:
    """A file that differs, and whose lines are shared out among the tasks."""

    def __init__(
        self,
        name: str,
        old: list[str],
        new: list[str],
        wanted: list[Wanted],
        interim: list[Interim],
        lesson: Lesson,
    ) -> None:
        self._name = name
        self._old = old
        self._new = new
        self._wanted = wanted
        self._interim = interim
        self._forever = len(lesson.tasks) + 1
        naming = [task.number for task in lesson.tasks if name in task.files]
        self._alone = naming[0] if len(naming) == 1 else None
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        self._changes = matcher.get_opcodes()
        self._since = self._tasks()

    def lines(self, *, old_first: bool) -> Iterator[Line]:
        """The lines of all states, in the order in which they stand.

        `old_first`: where old lines make place for new ones and a state has some of both, the old
        ones come before the new ones.
        """
        for kind, old, old_end, new, new_end in self._changes:
            if kind == "equal":
                yield from (Line(text, 0, self._forever) for text in self._old[old:old_end])
                continue
            coming = [line for i in range(new, new_end) for line in self._coming(i)]
            first = min((line.since for line in coming), default=None)
            going = list(self._going(old, old_end, first))
            yield from (*going, *coming) if old_first else (*coming, *going)

    def _coming(self, i: int) -> Iterator[Line]:
        """A new line, and above it what stands meanwhile in place of it and the next ones."""
        for one in self._interim:
            if i == one.span.start:
                yield from (Line(text, one.since, one.until) for text in one.code)
        yield Line(self._new[i], self._since[i], self._forever)

    def _going(self, start: int, end: int, first: int | None) -> Iterator[Line]:
        """Old lines that go: with the TODOs right above them, or with what takes their place.

        A TODO itself goes with its own task.
        """
        above: list[int] = []
        in_todos = False
        for i in range(start, end):
            text = self._old[i]
            numbers = [int(match[1]) for match in TODO.finditer(text) if match[1]]
            if numbers:
                above = above + numbers if in_todos else numbers
            in_todos = bool(numbers) or (in_todos and _is_comment(text))
            until = above[-1] if above and in_todos else min(above, default=first)
            until = until or self._todo_above(i)
            if until is None:
                what = "this line goes, and no TODO says with which task"
                fix = "put a TODO above it"
                raise StateError(self._name, what, fix, i + 1)
            yield Line(text, 0, until)

    def _todo_above(self, line: int) -> int | None:
        """The TODO nearest above an old line."""
        found = (TODO.search(text) for text in reversed(self._old[:line]))
        return next((int(match[1]) for match in found if match and match[1]), None)

    def _tasks(self) -> dict[int, int]:
        """The task of each new line, by its index in the solution's file."""
        changed = {
            i for kind, _, _, new, end in self._changes if kind != "equal" for i in range(new, end)
        }
        replacing = {i: one.until for one in self._interim for i in one.span}
        for one in self._interim:
            if any(i not in changed and self._new[i].strip() for i in one.span):
                what = "this code stands in place of lines that the starter has too"
                raise StateError(files.LESSON, what, "name lines that a task adds", one.line)
        found: dict[int, int | None] = {}
        above: dict[int, int | None] = {}  # the TODO nearest above
        nearest: int | None = None
        for kind, old, old_end, new, new_end in self._changes:
            if kind != "equal":
                todos = {
                    int(match[1])
                    for text in self._old[old:old_end]
                    for match in TODO.finditer(text)
                    if match[1]
                }
                only = next(iter(todos)) if len(todos) == 1 else self._alone
                for i in range(new, new_end):
                    found[i] = replacing.get(i) or self._referring(i) or only
                    above[i] = nearest if not todos else None
                nearest = max(todos, default=nearest)
        known = {i: task for i, task in found.items() if task}
        for i in sorted(found.keys() - known.keys(), reverse=True):
            task = self._of_import(i, known) or self._of_filling(i, known) or above[i]
            if task is None:
                what = f"no task says that it writes {self._new[i].strip()!r}"
                fix = "quote it in the task, or name it there: <!-- writes FILE: FIRST … LAST -->"
                raise StateError(self._name, what, fix, i + 1)
            known[i] = task
        for i in sorted(known, reverse=True):
            if self._new[i].lstrip().startswith("@"):  # a decorator goes with what it decorates
                known[i] = known.get(i + 1, known[i])
        return known

    def _referring(self, line: int) -> int | None:
        hits = [one for one in self._wanted if line in one.span]
        return min(hits, key=lambda one: (len(one.span), one.task)).task if hits else None

    def _of_import(self, line: int, known: Mapping[int, int]) -> int | None:
        """The first task that uses what the line imports."""
        match = re.match(r"(?:from \S+ )?import (.+)", self._new[line])
        if not match:
            return None
        names = [one.split()[-1] for one in match[1].split(",")]
        word = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
        users = [task for i, task in known.items() if word.search(self._new[i])]
        return min(users, default=None)

    def _of_filling(self, line: int, known: Mapping[int, int]) -> int | None:
        """Of an empty line, a comment or a decorator: the task of the next line, if it is new."""
        text = self._new[line].strip()
        if text and not (_is_comment(text) or text.startswith("@")):
            return None
        if line + 1 in known:
            return known[line + 1]
        return known.get(line - 1, 1 if not text else None)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "//", "/*", "<!--"))
