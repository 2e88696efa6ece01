"""Rule of verdicts: solutions pass, starters fail what their step is about and nothing before it.

It runs the servers, with the grader's own engine.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from grader.checking import suite
from grader.checking.check import Check
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.course.course import Course, Step
from grader.dev.violation import Violation, shown
from grader.report.result import CheckResult, Verdict
from grader.servers.direct import SubprocessLauncher
from grader.servers.launcher import HostLauncher
from grader.servers.protocol import Launcher
from grader.servers.server import Submission
from grader.servers.warm import WarmHost

STEPS_AT_A_TIME = 3  # most of the time a starter is waited for in vain


def verdicts(course: Course) -> Iterator[Violation]:
    """Each solution passes its checks and those of the steps that it holds; each starter passes
    those too, and fails its own.
    """
    yield from asyncio.run(_verdicts(course))


async def _verdicts(course: Course) -> list[Violation]:
    launcher: Launcher = HostLauncher(WarmHost()) if hasattr(os, "fork") else SubprocessLauncher()
    room = asyncio.Semaphore(STEPS_AT_A_TIME)

    async def of_step(step: Step) -> list[Violation]:
        own = suite.of_step(step.number, step.package).server
        async with room:
            return await _of_step(course, step, own, launcher) if own else []

    try:
        found = await asyncio.gather(*map(of_step, course.steps))
    finally:
        await launcher.close()
    return list(chain.from_iterable(found))


async def _of_step(
    course: Course, step: Step, own: Sequence[Check], launcher: Launcher
) -> list[Violation]:
    again = f"run grader check {step.number}"
    found = []
    for result in await _results(course, step, step.solution, launcher):
        if result.verdict is not Verdict.PASSED:
            what = _says(result)
            found.append(Violation(shown(course, step.solution), what, f"{again} --solution"))
    earlier = {
        check.id
        for one in course.held(step)
        for check in suite.of_step(one.number, one.package).server
    }
    results = await _results(course, step, step.folder, launcher)
    for result in results:
        if result.id in earlier and result.verdict is not Verdict.PASSED:
            what = f"{_says(result)}, which an earlier step asks for"
            found.append(Violation(shown(course, step.folder), what, again))
    ids = {check.id for check in own}
    if not any(result.id in ids and result.verdict is Verdict.FAILED for result in results):
        what = f"the starter fails no check of step {step.number}"
        found.append(Violation(shown(course, step.folder), what, "leave something to do"))
    return found


async def _results(
    course: Course, step: Step, folder: Path, launcher: Launcher
) -> list[CheckResult]:
    """The results of the checks that the step holds, then of its own, each in its step's words."""
    results: list[CheckResult] = []
    judged: set[Check] = set()
    for one in (*course.held(step), step):
        checks = suite.of_step(one.number, one.package)
        new = [check for check in checks.server if check not in judged]
        judged.update(new)
        if new:
            run = StepRun(Submission(folder), launcher, Options(), vocabulary=checks.vocabulary)
            results += (await run.run(one.number, one.title, new)).checks
    return results


def _says(result: CheckResult) -> str:
    reason = f" ({result.reason})" if result.reason else ""
    return f"“{result.title}” is {result.verdict}{reason}"
