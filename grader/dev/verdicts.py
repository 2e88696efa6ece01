"""Rule of verdicts: solutions pass, starters fail what their step is about and nothing before it.

It runs the servers, with the grader's own engine.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.checking import suite
from grader.checking.check import Check
from grader.checking.runner import Options, StepRun
from grader.course.course import Course, Step
from grader.dev.violation import Violation, shown
from grader.report.result import CheckResult, Verdict
from grader.servers.launcher import HostLauncher, Launcher, SubprocessLauncher
from grader.servers.server import Submission
from grader.servers.warm import WarmHost


def verdicts(course: Course) -> Iterator[Violation]:
    """Each solution passes its checks and those of every step before it in its line; each starter
    passes those before it, and fails its own.
    """
    yield from asyncio.run(_verdicts(course))


async def _verdicts(course: Course) -> list[Violation]:
    launcher: Launcher = HostLauncher(WarmHost()) if hasattr(os, "fork") else SubprocessLauncher()
    found: list[Violation] = []
    try:
        for step in course.steps:
            own = suite.of_step(step.number, step.package).server
            if own:
                found += await _of_step(course, step, own, launcher)
    finally:
        await launcher.close()
    return found


async def _of_step(
    course: Course, step: Step, own: Sequence[Check], launcher: Launcher
) -> list[Violation]:
    earlier = [
        check
        for one in _line(course, step)
        for check in suite.of_step(one.number, one.package).server
    ]
    every = list(dict.fromkeys([*earlier, *own]))
    again = f"run grader check {step.number}"
    found = []
    for result in await _results(step, step.solution, every, launcher):
        if result.verdict is not Verdict.PASSED:
            what = _says(result)
            found.append(Violation(shown(course, step.solution), what, f"{again} --solution"))
    results = await _results(step, step.folder, every, launcher)
    for result in results[: len(dict.fromkeys(earlier))]:
        if result.verdict is not Verdict.PASSED:
            what = f"{_says(result)}, which an earlier step asks for"
            found.append(Violation(shown(course, step.folder), what, again))
    ids = {check.id for check in own}
    if not any(result.id in ids and result.verdict is Verdict.FAILED for result in results):
        what = f"the starter fails no check of step {step.number}"
        found.append(Violation(shown(course, step.folder), what, "leave something to do"))
    return found


def _line(course: Course, step: Step) -> list[Step]:
    """The steps that this one builds on, the first one first."""
    before = course.before(step)
    return [*_line(course, before), before] if before else []


async def _results(
    step: Step, folder: Path, every: Sequence[Check], launcher: Launcher
) -> Sequence[CheckResult]:
    words = suite.of_step(step.number, step.package).vocabulary
    run = StepRun(Submission(folder), launcher, Options(), vocabulary=words)
    return (await run.run(step.number, step.title, every)).checks


def _says(result: CheckResult) -> str:
    reason = f" ({result.reason})" if result.reason else ""
    return f"“{result.title}” is {result.verdict}{reason}"
