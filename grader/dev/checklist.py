"""Rules of the checks: what a student reads of each, and what it builds on."""

from collections.abc import Iterator, Sequence, Set
from pathlib import Path

import grader
from grader.checking import suite
from grader.checking.check import Check
from grader.course.course import Course
from grader.dev.violation import Violation

TITLE = range(10, 73)  # characters: one line of the report where it passes, two where it fails

_ROOT = Path(grader.__file__).parent.parent


def checks(course: Course) -> Iterator[Violation]:
    """Every step has checks, each with a title, a hint, points, and its needs before it."""
    for step in course.steps:
        found = suite.of_step(step.number, step.package, step.holds or ())
        every = [*found.held, *found.server, *found.page]
        if not found.own:
            fix = f"write grader/makechat/checks/step{step.number:02}.py"
            yield Violation(f"steps/{step.folder.name}", "no check proves this step", fix)
        yield from wrong_with(every, found.own)


def wrong_with(every: Sequence[Check], own: Set[Check]) -> Iterator[Violation]:
    """What is wrong with a step's own checks, among all that the step has."""
    for i, check in enumerate(every):
        if check not in own:
            continue
        if len(check.title) not in TITLE:
            what = f"the title of {check.id} has {len(check.title)} characters"
            yield at(check, what, f"write {TITLE.start} to {TITLE.stop - 1} in the docstring")
        if not check.hint.endswith((".", "?")):
            yield at(check, f"{check.id} has no hint", "write a sentence on what to look at")
        if check.points <= 0:
            yield at(check, f"{check.id} is worth {check.points} points", "give it at least 1")
        if check.id in {other.id for other in every[:i]}:
            yield at(check, f"{check.id} is there twice", "give each check a name of its own")
        for need in check.needs:
            if need not in every[:i]:
                what = f"{check.id} needs {need.id}, which does not come before it"
                yield at(check, what, "put that one before it")


def at(check: Check, what: str, fix: str) -> Violation:
    """A violation at the check's function."""
    code = check.play.__code__
    path = Path(code.co_filename).relative_to(_ROOT).as_posix()
    return Violation(path, what, fix, code.co_firstlineno)
