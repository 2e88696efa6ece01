"""What `grader dev mutants` does: lists mutants, or grades them and prints the table."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from grader.course.course import Course, Step
from grader.dev.cases import text
from grader.dev.mutants import figures, making, reviewed, table
from grader.dev.mutants.journal import Graded, kept
from grader.dev.mutants.making import Mutant
from grader.dev.mutants.progress import Progress
from grader.dev.mutants.running import graded


def tell(course: Course, steps: Sequence[Step], part: str, *, page: bool, whole: bool) -> None:
    """Print the mutants whose name has the part; `whole`: as cases. Raises CaseError."""
    for step in steps:
        for mutant in _made(course, step, part, page=page):
            if whole:
                click.echo(f"{mutant.name}\n{text.write(mutant.case)}")
            else:
                click.echo(f"{mutant.name:<60}  {mutant.case.head.sentence}")


@dataclass(frozen=True)
class Asked:
    """How mutants are to be graded: those with `part` in their name, of them one of `every` so
    many, `jobs` at a time; the figures are written to `file`, and kept in the course.
    """

    part: str
    jobs: int
    every: int
    file: Path | None
    page: bool
    keep: bool


def run(course: Course, steps: Sequence[Step], asked: Asked) -> int:
    """Grade the mutants and print the table; 1 where one is missed. Raises CaseError."""
    tallies: dict[int, table.Tally] = {}
    every: list[Graded] = []
    for step in steps:
        mutants = _made(course, step, asked.part, page=asked.page)[:: asked.every]
        if mutants:
            journal = kept(course.root, "mutants", step.number)
            progress = Progress(step, len(mutants))
            results = asyncio.run(graded(course.root, step, mutants, asked.jobs, journal, progress))
            known = reviewed.read(course.root, step.number)
            _stale(course, step, known, asked.part)
            tallies[step.number] = table.tally(mutants, results, known)
            every += results
    named = {f"step {number}": one for number, one in tallies.items()}
    for line in table.lines(named):
        click.echo(line)
    all_of_them = table.together(tallies.values())
    for title in ("missed", "wrongly", "unnamed", "unjudged", "open_and_caught", "misplaced"):
        for name in getattr(all_of_them, title):
            click.echo(f"{title.replace('_', ' ')}: {name}")
    if asked.file:
        document = json.dumps(table.document(named, every), indent=2, ensure_ascii=False)
        asked.file.parent.mkdir(parents=True, exist_ok=True)
        asked.file.write_text(f"{document}\n", encoding="utf-8")
    if asked.keep:
        figures.keep(course.root, "pages" if asked.page else "servers", tallies, asked.every)
    return 1 if all_of_them.missed or all_of_them.unjudged else 0


def _made(course: Course, step: Step, part: str, *, page: bool) -> list[Mutant]:
    every = making.of_page(step, course) if page else making.of_step(step, course)
    return [mutant for mutant in every if part in mutant.name]


def _stale(course: Course, step: Step, known: dict[str, str], part: str) -> None:
    """Say which reviewed mutants are not made any more."""
    if not part:
        made = {
            one.case.name for one in [*making.of_step(step, course), *making.of_page(step, course)]
        }
        for name in sorted(known.keys() - made):
            click.echo(
                f"step {step.number}: {name} is reviewed, and is not made any more", err=True
            )
