"""What `grader dev variants` does: makes right servers, grades them, tells which are refused."""

import asyncio
from collections.abc import Sequence

import click

from grader.checking import suite
from grader.course.course import Course, Step
from grader.dev.cases import text
from grader.dev.mutants import figures
from grader.dev.mutants.journal import kept
from grader.dev.mutants.making import Mutant
from grader.dev.mutants.progress import Progress
from grader.dev.mutants.running import graded
from grader.dev.variants import making
from grader.report.result import Verdict


def transformable(course: Course) -> list[Step]:
    """The steps whose servers are written with python-socketio, in which events have handlers."""
    return [step for step in course.steps if suite.of_step(step.number).vocabulary.events]


def tell(steps: Sequence[Step], count: int, seed: int) -> None:
    """Print the variants as cases. Raises CaseError."""
    for step in steps:
        for variant in making.of_step(step, count, seed):
            click.echo(f"{variant.name}  {variant.operator}\n{text.write(variant.case)}")


def run(
    course: Course, steps: Sequence[Step], count: int, seed: int, jobs: int, *, keep: bool
) -> int:
    """Grade the variants and print those that are refused; 1 where one is. Raises CaseError.

    `keep`: the figures are kept in the course.
    """
    refused: list[str] = []
    counts: dict[Step, tuple[int, int]] = {}
    for step in steps:
        variants = making.of_step(step, count, seed)
        found = _refused(course, step, variants, jobs)
        counts[step] = len(variants), len(found)
        refused += found
    click.echo(f"{sum(made for made, _ in counts.values())} right variants, {len(refused)} refused")
    for line in refused:
        click.echo(line)
    if keep:
        figures.keep_variants(course.root, counts)
    return 1 if refused else 0


def _refused(course: Course, step: Step, variants: list[Mutant], jobs: int) -> list[str]:
    progress = Progress(step, len(variants))
    journal = kept(course.root, "variants", step.number)
    results = asyncio.run(graded(course.root, step, variants, jobs, journal, progress))
    return [
        f"{variant.name} ({variant.operator}): {', '.join(result.failed) or result.verdict}"
        for variant, result in zip(variants, results, strict=True)
        if result.verdict != Verdict.PASSED
    ]
