"""Rule of half-done work: at each state of a step, the checks of the tasks that are done pass.

It runs the servers of all states, with the grader's own engine.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.browser.chromium import Browser
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.course.course import Course, Step
from grader.dev import files, proofs
from grader.dev.lesson import Lesson
from grader.dev.sharing import StateError
from grader.dev.states import State, states
from grader.dev.violation import Violation, shown
from grader.report.result import CheckResult, Verdict
from grader.servers.direct import SubprocessLauncher
from grader.servers.launcher import HostLauncher
from grader.servers.protocol import Launcher
from grader.servers.server import Submission
from grader.servers.warm import WarmHost

STATES_AT_A_TIME = 4  # most of the time each waits for what does not come


def half_done(course: Course) -> Iterator[Violation]:
    """At each state the checks of the tasks that are done pass, and no others; page checks apart.

    A state is what a student has who has done the first tasks of a lesson, and no more.
    """
    yield from asyncio.run(judged(course, course.steps))


async def judged(
    course: Course, steps: Sequence[Step], browser: Browser | None = None, rounds: int = 1
) -> list[Violation]:
    """The same of these steps, in each of so many rounds; with a browser, of page checks too."""
    host = WarmHost() if hasattr(os, "fork") else None
    launcher: Launcher = HostLauncher(host) if host else SubprocessLauncher()
    room = asyncio.Semaphore(STATES_AT_A_TIME)
    try:
        if host:
            for step in steps:
                host.warm(step.warm)
        found = await asyncio.gather(
            *(_of_step(course, step, launcher, browser, rounds, room) for step in steps)
        )
    finally:
        await launcher.close()
    return list(chain.from_iterable(found))


async def _of_step(
    course: Course,
    step: Step,
    launcher: Launcher,
    browser: Browser | None,
    rounds: int,
    room: asyncio.Semaphore,
) -> list[Violation]:
    try:
        lesson = Lesson.read(step.folder / files.LESSON)
    except (OSError, UnicodeDecodeError):
        return []  # the rules of lessons say so
    every = [one for one in proofs.of_step(step) if one.own and (browser or not one.in_browser)]
    # What no task names, or a task without a number, the rules of lessons say.
    tasks = {name: task.number for task in lesson.tasks if task.number for name in task.checks}
    named = [one for one in every if one.check.id in tasks]
    if not named:
        return []
    try:
        found = states(course, step, lesson)
    except StateError as error:
        place = shown(course, (step.folder if error.name == files.LESSON else step.solution))
        return [Violation(f"{place}/{error.name}", error.what, error.fix, error.line)]
    with TemporaryDirectory() as scratch:

        async def graded(state: State) -> Sequence[CheckResult]:
            folder = Path(scratch, str(state.done))
            submission = Submission(folder, static=course.root / "static")
            options, words = Options(pictures=Path(scratch)), proofs.vocabulary(step)
            run = StepRun(submission, launcher, options, browser=browser, vocabulary=words)
            async with room:
                graded = await run.run(step.number, step.title, [one.check for one in named])
            return graded.checks

        for state in found:
            files.write(Path(scratch, str(state.done)), state.files)
        every_round = [await asyncio.gather(*map(graded, found)) for _ in range(rounds)]
    return [
        violation
        for state, *of_state in zip(found, *every_round, strict=True)
        for results in zip(*of_state, strict=True)
        for violation in _wrong(course, step, state.done, results, tasks[results[0].id])
    ]


def _wrong(
    course: Course, step: Step, done: int, results: Sequence[CheckResult], task: int
) -> Iterator[Violation]:
    """What is wrong with the results of one check at one state, one result a round."""
    if task <= done:
        wrong = [one for one in results if one.verdict is not Verdict.PASSED]
    else:
        wrong = [one for one in results if one.verdict is Verdict.PASSED]
    if not wrong:
        return
    first = wrong[0]
    far = f"done up to task {done}" if done else "with nothing done"
    reason = f" ({first.reason})" if first.reason else ""
    is_so = f"is {first.verdict}{reason}" if task <= done else "passes already"
    often = f" in {len(wrong)} of {len(results)} rounds" if len(results) > 1 else ""
    what = f"{far}, “{first.title}” of task {task} {is_so}{often}"
    fix = "name it under the task that turns it green, or change the task"
    yield Violation(shown(course, step.folder / files.LESSON), what, fix)
