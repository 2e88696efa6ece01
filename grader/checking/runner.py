"""Runs the checks of a step, side by side where it can."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import replace

from grader.browser.chromium import Browser
from grader.checking.check import Check
from grader.checking.faults import owned
from grader.checking.options import Options
from grader.checking.player import Player
from grader.checking.verdicts import needing, needs_first, not_judged, with_needs
from grader.explaining.vocabulary import EMPTY, Vocabulary
from grader.report.result import CheckResult, StepResult, Verdict
from grader.servers.protocol import Launcher
from grader.servers.server import Submission

PAGES_AT_A_TIME = 3  # of page checks: each has several processes at work
AT_WORK = 10  # checks at a time that have begun a moment ago: each server takes 10 MB of its own
MOMENT = 0.25  # seconds; a check that takes longer waits for what is missing, and needs no core


class StepRun:
    """One run of a step's checks against a submission.

    `progress` is called with every result as it comes, in no fixed order; a result may still
    become "not judged" once all are known. `browser` is there for the page checks; `vocabulary` has
    the words of the application. `begun` is the room for checks that have just begun: runs side by
    side in one process have one in common.
    """

    def __init__(
        self,
        submission: Submission,
        launcher: Launcher | None,
        options: Options,
        progress: Callable[[CheckResult], None] = lambda _: None,
        browser: Browser | None = None,
        vocabulary: Vocabulary = EMPTY,
        begun: asyncio.Semaphore | None = None,
    ) -> None:
        self._submission = submission
        self._begun = begun or asyncio.Semaphore(AT_WORK)
        self._options = options
        self._progress = progress
        self._player = Player(submission, launcher, options, browser, vocabulary)
        self._deadline = 0.0

    async def run(
        self, number: int, title: str, own: Sequence[Check], held: Sequence[Check] = ()
    ) -> StepResult:
        """A step's own checks and those of the steps that it holds, side by side.

        The first one's server is started before the others'. What it shows holds for all: a
        server that does not start is waited for once, and one that listens on a port of its own
        choice lets no second one in beside it, where the two share a network.
        """
        try:
            return await self._run(number, title, own, held)
        finally:
            await self._player.close()

    async def _run(
        self, number: int, title: str, own: Sequence[Check], held: Sequence[Check]
    ) -> StepResult:
        checks = (*own, *held)
        began = time.monotonic()
        self._player.begin(number)
        self._deadline = asyncio.get_running_loop().time() + self._options.deadline
        with owned(self._player.under_way):
            results = await self._side_by_side(checks)
            if self._player.died:
                results = await self._tried_again(checks, results)
        judged = with_needs(checks, results)
        return StepResult(
            number,
            title,
            tuple(judged[: len(own)]),
            self._notes(),
            time.monotonic() - began,
            held=tuple(judged[len(own) :]),
        )

    async def _side_by_side(self, checks: Sequence[Check]) -> list[CheckResult]:
        starts: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def known(answer: bool) -> None:
            if not starts.done():
                starts.set_result(answer)

        rest: list[asyncio.Task[CheckResult]] = []
        async with asyncio.TaskGroup() as group:
            first = group.create_task(self._judge(checks[0], lambda: known(True)))
            first.add_done_callback(lambda _: known(False))
            if await starts:
                fixed = self._player.elsewhere is not None and not self._player.isolated
                alone = fixed or self._submission.url is not None or self._options.jobs == 1
                if alone:
                    return await self._one_by_one(checks, {checks[0]: await first})
                in_turn = self._in_turn(self._options.jobs)
                rest = [group.create_task(in_turn(check)) for check in checks[1:]]
        results = [task.result() for task in (first, *rest)]
        if not rest:
            fault = results[0].graders_fault
            reason = results[0].reason if fault else "the server does not start"
            results += [not_judged(check, reason) for check in checks[1:]]
        return results

    async def _tried_again(
        self, checks: Sequence[Check], results: list[CheckResult]
    ) -> list[CheckResult]:
        """The results with those of the checks under which the host died: one after another.

        Where it dies again nobody can tell why: that check is not judged.
        """
        died, self._player.died = self._player.died, set()
        if not self._player.started:
            return await self._side_by_side(checks)
        return [
            await self._judge(check) if check.id in died else result
            for check, result in zip(checks, results, strict=True)
        ]

    async def _one_by_one(
        self, checks: Sequence[Check], done: dict[Check, CheckResult]
    ) -> list[CheckResult]:
        """The results of all, of which some are done already.

        A check that needs one that failed is not played: that would only take time. Side by side
        all are, so that no verdict depends on which of them is over first.
        """
        hopeless = {check for check, its in done.items() if its.verdict is Verdict.FAILED}
        for check in needs_first(checks):
            if check in done:
                continue
            if failed := next((need for need in check.needs if need in hopeless), None):
                done[check] = not_judged(check, needing(failed.title))
                self._progress(done[check])
                hopeless.add(check)
                continue
            done[check] = await self._judge(check)
            if done[check].verdict is Verdict.FAILED:
                hopeless.add(check)
        return [done[check] for check in checks]

    def _in_turn(self, jobs: int) -> Callable[[Check], Coroutine[None, None, CheckResult]]:
        """What judges a check as soon as there is room for it, `jobs` at a time."""
        room = asyncio.Semaphore(jobs)
        browsers = asyncio.Semaphore(min(jobs, PAGES_AT_A_TIME))

        async def judge(check: Check) -> CheckResult:
            if check.needs_browser:
                async with browsers:
                    return await self._judge(check)
            async with room, _for_a_moment(self._begun):
                return await self._judge(check)

        return judge

    async def _judge(self, check: Check, started: Callable[[], None] = lambda: None) -> CheckResult:
        began = time.monotonic()
        result = await self._in_time(check, started)
        result = replace(result, seconds=time.monotonic() - began)
        if check.id not in self._player.died:
            self._progress(result)
        return result

    async def _in_time(self, check: Check, started: Callable[[], None]) -> CheckResult:
        """Play the check, unless the time of the whole submission is over."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._player.play(check, started)
        except TimeoutError:
            longest = f"all checks together took more than {self._options.deadline:g} s"
            return not_judged(check, f"{longest}: judge it by hand", fault=True)

    def _notes(self) -> tuple[str, ...]:
        if self._player.elsewhere is None:
            return ()
        there = "there" if self._player.isolated else "there, one check after another"
        python = self._submission.command is None
        port = 'os.environ["PORT"]' if python else "the environment variable PORT"
        return (
            f"the server listens on port {self._player.elsewhere}, whatever PORT says; it was "
            f"graded {there}. Take the port from {port}.",
        )


@contextlib.asynccontextmanager
async def _for_a_moment(room: asyncio.Semaphore) -> AsyncIterator[None]:
    """Be in the room for a moment, or until the block ends where that comes first."""
    await room.acquire()
    with contextlib.ExitStack() as leaving:
        leaving.callback(room.release)
        timer = asyncio.get_running_loop().call_later(MOMENT, leaving.close)
        leaving.callback(timer.cancel)
        yield
