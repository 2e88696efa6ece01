"""The states of a step's work between starter and solution: "done up to task 2".

They are made of the starter, the solution, and what the lesson refers to; `sharing` says to which
task a line belongs. A state has the new lines of the tasks that are done, and the old ones of the
others. Where a task shows code that a later one replaces, `<!-- until 3 FILE: FIRST … LAST -->`,
that code stands meanwhile in place of these lines.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import indent

from grader.course.course import Course, Step
from grader.dev import files
from grader.dev.expand import ExpandError, located
from grader.dev.lesson import Lesson
from grader.dev.sharing import Interim, Line, SharedFile, StateError, Wanted

_SOLUTION = "solution/"


@dataclass(frozen=True)
class State:
    """The work of a student who has done the first `done` tasks: the contents of its files."""

    done: int
    files: Mapping[str, bytes]


def states(course: Course, step: Step, lesson: Lesson) -> list[State]:
    """Every state of a step, from the starter, where nothing is done, to the solution.

    Raises StateError where a line belongs to no task, or a state is no valid program.
    """
    last = len(lesson.tasks)
    old, new = files.code(step.folder), files.code(step.solution)
    wanted = list(_references(course, step, lesson))
    interim = list(_interim(course, step, lesson))
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
        file = SharedFile(
            name,
            texts[0].splitlines(),
            texts[1].splitlines(),
            [one for one in wanted if one.name == name],
            [one for one in interim if one.name == name],
            lesson,
        )
        ways = [list(file.lines(old_first=old_first)) for old_first in (True, False)]
        for done, one in enumerate(made):
            text = _valid(name, ways, done)
            if text or (name in old and done < last) or (name in new and done == last):
                one[name] = text.encode()
    return [State(done, one) for done, one in enumerate(made)]


def _references(course: Course, step: Step, lesson: Lesson) -> Iterator[Wanted]:
    for one in lesson.references:
        if one.task and one.argument.startswith(_SOLUTION):
            name, _, span = _located(course, step, one.argument, one.line)
            yield Wanted(one.task, name, span)


def _interim(course: Course, step: Step, lesson: Lesson) -> Iterator[Interim]:
    numbers = {task.number for task in lesson.tasks}
    for one in lesson.interim:
        if one.until not in numbers or one.until <= one.task:
            what = f"this code of task {one.task} stands until task {one.until}"
            raise StateError(files.LESSON, what, "name a later task that is there", one.line)
        name, lines, span = _located(course, step, one.argument, one.line)
        margin = re.match(r"\s*", lines[span.start])
        assert margin
        code = indent(one.code, margin[0]).splitlines()
        yield Interim(one.task, one.until, name, span, code, one.line)


def _located(course: Course, step: Step, argument: str, line: int) -> tuple[str, list[str], range]:
    """The solution's file that is meant, all its lines, and which of them."""
    try:
        name, lines, span = located(course, step, argument)
    except ExpandError as error:
        raise StateError(files.LESSON, error.what, error.fix, line) from error
    return name.removeprefix(_SOLUTION), lines, span


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
    fix = "let each task write whole statements"
    raise StateError(name, what, fix, wrong.lineno or 1) from wrong
