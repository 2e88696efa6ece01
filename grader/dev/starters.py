"""Rules of starters: each is the solution that it continues, and comments that say what to do."""

import re
from collections.abc import Iterator

from grader.course.course import Course, Step
from grader.dev import files
from grader.dev.shape import ShapeError, is_comment, shape
from grader.dev.violation import Violation, shown

TODO = re.compile(r"\bTODO\b(?: (\d+)\b)?")


def starters(course: Course) -> Iterator[Violation]:
    """A starter is the solution that it continues, plus comments."""
    for step in course.steps:
        before = course.before(step)
        if before is not None:
            yield from _continued(course, step, before)


def syntax(course: Course) -> Iterator[Violation]:
    """Every source of a starter and of a solution is a valid program."""
    for step in course.steps:
        for folder in (step.folder, step.solution):
            for name, content in files.code(folder).items():
                try:
                    shape(name, content)
                except ShapeError as error:
                    place = shown(course, folder / name)
                    fix = "starters and solutions can be run"
                    yield Violation(place, "a syntax error", fix, error.line)


def todos(step: Step) -> Iterator[tuple[str, int, int | None]]:
    """The TODOs of a starter: file, line, and the task's number or None where it has none."""
    for name, content in files.code(step.folder).items():
        for line, text in enumerate((files.text(content) or "").splitlines(), 1):
            for match in TODO.finditer(text):
                yield name, line, int(match[1]) if match[1] else None


def carried_over(course: Course) -> Iterator[Violation]:
    """A file that a solution carries over unchanged is the same to the byte."""
    for step in course.steps:
        before = course.before(step)
        if before is None:
            continue
        old, new = files.code(before.solution), files.code(step.solution)
        for name in sorted(old.keys() & new.keys()):
            if old[name] != new[name] and _lines(old[name]) == _lines(new[name]):
                what = f"it differs from {shown(course, before.solution / name)} in white space"
                fix = "copy that file"
                yield Violation(shown(course, step.solution / name), what, fix)


def _continued(course: Course, step: Step, before: Step) -> Iterator[Violation]:
    starter, solution = files.code(step.folder), files.code(before.solution)
    for name in sorted(starter.keys() | solution.keys()):
        place, model = (shown(course, f / name) for f in (step.folder, before.solution))
        try:
            if name not in starter:
                yield Violation(place, f"it is missing, and {model} is there", "copy that file")
            elif name not in solution:
                if not is_comment(name, starter[name]):
                    what = f"it is no comment alone, and {model} is not there"
                    yield Violation(place, what, "leave what is new to the student")
            elif starter[name] == solution[name]:
                pass
            elif not TODO.search(files.text(starter[name]) or ""):
                what = f"it differs from {model}, and has no TODO"
                yield Violation(place, what, "copy that file")
            elif shape(name, starter[name]) != shape(name, solution[name]):
                what = f"it differs from {model} in more than comments"
                yield Violation(place, what, "copy that file, and put the TODOs in again")
        except ShapeError:
            pass  # `syntax` says so


def _lines(content: bytes) -> list[str] | bytes:
    """The lines without what an editor may change unasked; what is no text is left as it is."""
    text = files.text(content)
    if text is None:
        return content
    return [line.expandtabs().rstrip() for line in text.splitlines() if line.strip()]
