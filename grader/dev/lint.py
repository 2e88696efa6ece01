"""The linter of the course: every rule that COURSE and lessons have to keep, in one list."""

from itertools import chain

from grader.course.course import Course
from grader.dev import (
    checklist,
    english,
    halfdone,
    layout,
    lessons,
    new,
    notebooks,
    proofs,
    shared,
    starters,
    verdicts,
)
from grader.dev.violation import Rule, Violation

RULES: tuple[Rule, ...] = (
    layout.folders,
    layout.stray_files,
    layout.links,
    layout.finished,
    starters.syntax,
    starters.starters,
    starters.carried_over,
    lessons.form,
    lessons.tasks,
    lessons.generated,
    checklist.checks,
    new.filled_in,
    english.plain,
    english.plain_prose,
    shared.browser_client,
    notebooks.stripped,
)
SLOW: tuple[Rule, ...] = (verdicts.verdicts, halfdone.half_done)  # these start servers


def lint(course: Course, *, quick: bool = False) -> list[Violation]:
    """What is wrong with the course; with `quick`, as far as no server has to be run for it."""
    rules = RULES if quick else RULES + SLOW
    return list(chain.from_iterable(rule(course) for rule in rules))


def looked_at(course: Course) -> str:
    """What there was to look at, in numbers."""
    every = [proof for step in course.steps for proof in proofs.of_step(step) if proof.own]
    books = len(list((course.root / "notebooks").glob("*.ipynb")))
    return f"{len(course.steps)} steps, {len(every)} checks, {books} notebooks"
