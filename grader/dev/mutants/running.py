"""Grades mutants side by side, in one process with a warm host, and goes on where it was ended."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.course.course import Step
from grader.dev.cases import shelf
from grader.dev.cases.case import Files
from grader.dev.cases.grading import Grading, grading, named
from grader.dev.mutants.journal import Graded, Journal, key_of
from grader.dev.mutants.making import Mutant
from grader.report.result import StepResult, Verdict


async def graded(
    root: Path,
    step: Step,
    mutants: Sequence[Mutant],
    jobs: int,
    journal: Journal,
    progress: Callable[[Graded], None] = lambda _: None,
) -> list[Graded]:
    """What the grader says of each, in their order; `jobs` at a time. The journal keeps it."""
    room = asyncio.Semaphore(jobs)

    async def one(mutant: Mutant, grader: Grading) -> Graded:
        submission = mutant.case.applied(shelf.solution_of(root, mutant.case))
        async with room:
            known = journal.get(mutant.name, key_of(submission))
            if known is None:
                known = await _grade(grader, step, mutant, submission)
                journal.add(known)
        progress(known)
        return known

    async with grading(root / "static") as grader, asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(mutant, grader)) for mutant in mutants]
    return [task.result() for task in tasks]


async def _grade(grader: Grading, step: Step, mutant: Mutant, submission: Files) -> Graded:
    server = not mutant.case.of_scripts
    result = await grader.step(submission, step, server=server, page=mutant.case.head.page)
    every = (*result.checks, *result.held)
    failed = tuple(check.id for check in every if check.verdict is Verdict.FAILED)
    fault = any(check.graders_fault for check in every)
    return Graded(
        mutant.name,
        key_of(submission),
        str(Verdict.NOT_JUDGED if fault else result.verdict),
        failed,
        tuple(sorted(named(result))),
        _points_into_public(result),
        round(result.seconds, 2),
    )


def _points_into_public(result: StepResult) -> bool:
    every = [check.explanation for check in (*result.checks, *result.held) if check.explanation]
    places = [one.place for one in every] + [one.mistake.where for one in every if one.mistake]
    return any(place.file.startswith("public/") for place in places if place)
