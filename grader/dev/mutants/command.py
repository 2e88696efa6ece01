"""What `grader dev mutants` does: lists mutants, or grades them and prints the table."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import click

from grader.course.course import Course, Step
from grader.dev.cases import text
from grader.dev.mutants import making, reviewed, table
from grader.dev.mutants.journal import Graded
from grader.dev.mutants.making import Mutant
from grader.dev.mutants.running import graded

_EVERY = 25  # mutants, after which a line says how far it is


def tell(course: Course, steps: Sequence[Step], part: str, *, page: bool, whole: bool) -> None:
    """Print the mutants whose name has the part; `whole`: as cases. Raises CaseError."""
    for step in steps:
        for mutant in _made(course, step, part, page=page):
            if whole:
                click.echo(f"{mutant.name}\n{text.write(mutant.case)}")
            else:
                click.echo(f"{mutant.name:<60}  {mutant.case.head.sentence}")


def run(
    course: Course, steps: Sequence[Step], part: str, jobs: int, file: Path | None, *, page: bool
) -> int:
    """Grade the mutants and print the table; 1 where one is missed. Raises CaseError."""
    tallies: dict[str, table.Tally] = {}
    every: list[Graded] = []
    for step in steps:
        if mutants := _made(course, step, part, page=page):
            results = asyncio.run(
                graded(course.root, step, mutants, jobs, _Progress(step, len(mutants)))
            )
            known = reviewed.read(course.root, step.number)
            _stale(course, step, known, part)
            tallies[f"step {step.number}"] = table.tally(mutants, results, known)
            every += results
    for line in table.lines(tallies):
        click.echo(line)
    figures = table.together(tallies.values())
    for title in ("missed", "wrongly", "unjudged", "open_and_caught"):
        for name in getattr(figures, title):
            click.echo(f"{title.replace('_', ' ')}: {name}")
    if file:
        document = json.dumps(table.document(tallies, every), indent=2, ensure_ascii=False)
        file.write_text(f"{document}\n", encoding="utf-8")
    return 1 if figures.missed or figures.unjudged else 0


class _Progress:
    """Says now and then how far a step is."""

    def __init__(self, step: Step, count: int) -> None:
        self._step = step
        self._count = count
        self._done = 0

    def __call__(self, _: Graded) -> None:
        self._done += 1
        if self._done % _EVERY == 0 or self._done == self._count:
            click.echo(f"step {self._step.number}: {self._done} of {self._count}", err=True)


def _made(course: Course, step: Step, part: str, *, page: bool) -> list[Mutant]:
    every = making.of_page(step) if page else making.of_step(step, course)
    return [mutant for mutant in every if part in mutant.name]


def _stale(course: Course, step: Step, known: dict[str, str], part: str) -> None:
    """Say which reviewed mutants are not made any more."""
    if not part:
        made = {one.case.name for one in [*making.of_step(step, course), *making.of_page(step)]}
        for name in sorted(known.keys() - made):
            click.echo(
                f"step {step.number}: {name} is reviewed, and is not made any more", err=True
            )
