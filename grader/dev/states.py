"""The states of a step's work between starter and solution: "done up to task 2".

They are made of the starter, the solution, and what the lesson refers to. Each line that differs
belongs to one task:

- a new line to the task that quotes it, or that names it in `<!-- writes FILE: FIRST … LAST -->`,
  or whose hint does; where several do, to the one with the shortest quote of it;
- else to the task whose TODO stands in its place, or that alone names the file in its heading, or
  whose TODO is the nearest above it where none stands in its place;
- an import that nothing refers to, to the first task that uses what it imports;
- an old line that goes, to the first task of the TODOs right above it, or else of what takes its
  place, or else to the TODO nearest above.

A state has the new lines of the tasks that are done, and the old ones of the others.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from grader.course.course import Course, Step
from grader.dev import files
from grader.dev.expand import ExpandError, located
from grader.dev.lesson import Lesson
from grader.dev.starters import TODO

_SOLUTION = "solution/"


class StateError(Exception):
    """The states cannot be made: the file, what is wrong, how to fix it, and the line."""

    def __init__(self, name: str, what: str, mend: str, line: int) -> None:
        super().__init__(f"{name}:{line}: {what}; {mend}")
        self.name = name
        self.what = what
        self.mend = mend
        self.line = line


@dataclass(frozen=True)
class State:
    """The work of a student who has done the first `done` tasks: the contents of its files."""

    done: int
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Line:
    """A line of one of the states: it is there from the state `since` on, and before `until`."""

    text: str
    since: int
    until: int


def states(course: Course, step: Step, lesson: Lesson) -> list[State]:
    """Every state of a step, from the starter, where nothing is done, to the solution.

    Raises StateError where a line belongs to no task, or a state is no valid program.
    """
    last = len(lesson.tasks)
    old, new = files.code(step.folder), files.code(step.solution)
    wanted = _references(course, step, lesson)
    made: list[dict[str, bytes]] = [{} for _ in range(last + 1)]
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name):
            for one in made:
                one[name] = new[name]
            continue
        texts = [files.text(tree.get(name, b"")) for tree in (old, new)]
        if texts[0] is None or texts[1] is None:
            what = "it is no text, and differs from the starter's"
            raise StateError(name, what, "states are made of lines", 1)
        file = _File(name, texts[0].splitlines(), texts[1].splitlines(), wanted, lesson)
        ways = [list(file.lines(old_first=old_first)) for old_first in (True, False)]
        for done, one in enumerate(made):
            text = _valid(name, ways, done)
            if text or (name in old and done < last) or (name in new and done == last):
                one[name] = text.encode()
    return [State(done, one) for done, one in enumerate(made)]


@dataclass(frozen=True)
class _Wanted:
    """The lines of a solution's file that a task refers to."""

    task: int
    name: str
    span: range


def _references(course: Course, step: Step, lesson: Lesson) -> list[_Wanted]:
    found = []
    for one in lesson.references:
        if one.task and one.argument.startswith(_SOLUTION):
            try:
                name, _, span = located(course, step, one.argument)
            except ExpandError as error:
                raise StateError(files.LESSON, error.what, error.mend, one.line) from error
            found.append(_Wanted(one.task, name.removeprefix(_SOLUTION), span))
    return found


class _File:
    """A file that differs, and whose lines are shared out among the tasks."""

    def __init__(
        self, name: str, old: list[str], new: list[str], wanted: list[_Wanted], lesson: Lesson
    ) -> None:
        self._name = name
        self._old = old
        self._new = new
        self._wanted = [one for one in wanted if one.name == name]
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
            first = min((self._since[i] for i in range(new, new_end)), default=None)
            going = list(self._going(old, old_end, first))
            coming = [
                Line(self._new[i], self._since[i], self._forever) for i in range(new, new_end)
            ]
            yield from (*going, *coming) if old_first else (*coming, *going)

    def _going(self, start: int, end: int, first: int | None) -> Iterator[Line]:
        """Old lines that go: with the TODOs right above them, or with what takes their place."""
        above: list[int] = []
        in_comment = False
        for i in range(start, end):
            text = self._old[i]
            numbers = [int(match[1]) for match in TODO.finditer(text) if match[1]]
            above = above + numbers if in_comment or not above else numbers or above
            in_comment = bool(numbers)
            until = min(above) if above else first or self._todo_above(i)
            if until is None:
                what = "this line goes, and no TODO says with which task"
                mend = "put a TODO above it"
                raise StateError(self._name, what, mend, i + 1)
            yield Line(text, 0, until)

    def _todo_above(self, line: int) -> int | None:
        """The TODO nearest above an old line."""
        found = (TODO.search(text) for text in reversed(self._old[:line]))
        return next((int(match[1]) for match in found if match and match[1]), None)

    def _tasks(self) -> dict[int, int]:
        """The task of each new line, by its index in the solution's file."""
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
                    found[i] = self._referring(i) or only
                    above[i] = nearest if not todos else None
                nearest = max(todos, default=nearest)
        known = {i: task for i, task in found.items() if task}
        for i in sorted(found.keys() - known.keys(), reverse=True):
            task = self._of_import(i, known) or self._of_filling(i, known) or above[i]
            if task is None:
                what = f"no task says that it writes {self._new[i].strip()!r}"
                mend = "quote it in the task, or name it there: <!-- writes FILE: FIRST … LAST -->"
                raise StateError(self._name, what, mend, i + 1)
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
        """Of an empty line or a comment: the task of the next line, where that is a new one."""
        text = self._new[line].strip()
        if text and not text.startswith(("#", "//", "/*", "<!--")):
            return None
        if line + 1 in known:
            return known[line + 1]
        return known.get(line - 1, 1 if not text else None)


def _valid(name: str, ways: Iterable[Iterable[Line]], done: int) -> str:
    """The text of a state in the first of these ways in which it is a valid program.

    Raises StateError where it is none in any.
    """
    wrong: SyntaxError | None = None
    for lines in ways:
        text = "".join(f"{line.text}\n" for line in lines if line.since <= done < line.until)
        if not name.endswith(".py"):
            return text
        try:
            ast.parse(text)
        except SyntaxError as error:
            wrong = wrong or error
        else:
            return text
    assert wrong
    what = f"done up to task {done}, it is no valid program: {wrong.msg}"
    mend = "let each task write whole statements"
    raise StateError(name, what, mend, wrong.lineno or 1) from wrong
