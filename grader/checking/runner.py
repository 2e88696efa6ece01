"""Runs the checks of a step side by side, each on a fresh server, and judges their histories."""

import asyncio
import contextlib
import os
import time
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.browser.chromium import SCREENSHOTS, Browser
from grader.browser.pages import clear
from grader.checking import beforehand
from grader.checking.check import Check
from grader.checking.faults import owned
from grader.checking.scene import Scene
from grader.checking.servers import Servers, Serving
from grader.checking.verdicts import (
    happenings,
    needing,
    needs_first,
    not_judged,
    not_run,
    outcome,
    with_needs,
)
from grader.explaining.vocabulary import EMPTY, Vocabulary
from grader.history.conversation import Conversation
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import Patience
from grader.report.result import CheckResult, Happening, StepResult, Verdict
from grader.servers.launcher import a_world
from grader.servers.process import HostDiedError, LaunchError
from grader.servers.protocol import FILES, Launcher
from grader.servers.readiness import NotReadyError
from grader.servers.server import Server, Submission, serving
from grader.servers.services import Given, Services
from grader.servers.world import World

DEADLINE = 10  # times the patience: the longest that one check may take
PAGES_AT_A_TIME = 3  # of page checks: each has several processes at work
AT_WORK = 10  # checks at a time that have begun a moment ago: each server takes 10 MB of its own
SLOW = 0.25  # seconds; servers that need longer to start do not all start at the same time
MOMENT = 0.25  # seconds; who takes longer waits for what is missing, and keeps nobody from work


@dataclass(frozen=True)
class Options:
    """How to run: how many checks at a time, the patience in seconds with what is missing,
    whether each result carries its history, the longest that all checks of a step together may
    take, in seconds, and where the pictures of failed page checks go.
    """

    jobs: int = 17
    patience: float = 2.0
    keep_history: bool = False
    deadline: float = 300.0
    pictures: Path = Path(SCREENSHOTS)


class StepRun:
    """One run of a step's checks against a submission.

    `progress` is called with every result as it comes, in no fixed order; a result may still
    become "not judged" once all are known. `browser` is there for the page checks; `vocabulary` has
    the words of the application.
    """

    def __init__(
        self,
        submission: Submission,
        launcher: Launcher | None,
        options: Options,
        progress: Callable[[CheckResult], None] = lambda _: None,
        browser: Browser | None = None,
        vocabulary: Vocabulary = EMPTY,
    ) -> None:
        self._submission = submission
        self._launcher = launcher
        self._options = options
        self._progress = progress
        self._browser = browser
        self._vocabulary = vocabulary
        self._services = Services(launcher if submission.url is None else None)
        self._prefix = ""  # of the pictures' names
        self._elsewhere: int | None = None
        self._isolated = False  # whether each server has a network of its own
        self._under_way: list[Conversation] = []
        self._starting = asyncio.Semaphore(options.jobs)
        self._started = False  # whether a server ever was
        self._died: set[str] = set()  # the ids of checks under which the host died
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
            await self._services.close()

    async def _run(
        self, number: int, title: str, own: Sequence[Check], held: Sequence[Check]
    ) -> StepResult:
        checks = (*own, *held)
        began = time.monotonic()
        if self._browser:
            self._prefix = f"step{number:02}"
            clear(self._options.pictures, self._prefix)
        self._deadline = asyncio.get_running_loop().time() + self._options.deadline
        with owned(self._under_way):
            results = await self._side_by_side(checks)
            if self._died:
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
                fixed = self._elsewhere is not None and not self._isolated
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

        A host that dies again under a check is nobody's proof of anything.
        """
        died, self._died = self._died, set()
        if not self._started:
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
        begun = asyncio.Semaphore(AT_WORK)

        async def judge(check: Check) -> CheckResult:
            if check.needs_browser:
                async with browsers:
                    return await self._judge(check)
            async with room, _for_a_moment(begun):
                return await self._judge(check)

        return judge

    async def _judge(self, check: Check, started: Callable[[], None] = lambda: None) -> CheckResult:
        began = time.monotonic()
        missing = self._services.missing(self._environment(check))
        if check.needs_browser and self._browser:
            missing = missing or self._browser.missing
        if reason := missing:
            started()
            result = not_run(check, reason)
        elif reason := await self._unmet(check):
            started()
            result = not_judged(check, reason)
        else:
            result = await self._in_time(check, started)
        result = replace(result, seconds=time.monotonic() - began)
        if check.id not in self._died:
            self._progress(result)
        return result

    async def _in_time(self, check: Check, started: Callable[[], None]) -> CheckResult:
        """Play the check, unless the time of the whole submission is over."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._play(check, started)
        except TimeoutError:
            longest = f"all checks together took more than {self._options.deadline:g} s"
            return not_judged(check, f"{longest}: judge it by hand", fault=True)

    async def _unmet(self, check: Check) -> str:
        """Why the check cannot be judged here; "" where it can."""
        if self._submission.url is not None:
            if check.needs_output:
                return "what the server prints cannot be seen through a URL"
            if check.starts_servers or check.environment:
                return "the check starts its servers in its own way, not through a URL"
        if check.needs_browser:
            assert self._browser, "page checks are run with a browser"
            return await self._browser.ready()
        return ""

    async def _play(self, check: Check, started: Callable[[], None]) -> CheckResult:
        conversation = Conversation()
        failure: CheckFailed | None = None
        self._under_way.append(conversation)
        try:
            async with (
                a_world(self._launcher) as world,
                self._services.given(self._environment(check), world) as given,
                Servers(self._serving(conversation, given, world)) as servers,
            ):
                if self._launcher and FILES not in self._launcher.isolation:
                    beforehand.import_all()
                server = await self._start(servers)
                self._isolated = world.isolated
                started()
                failure = await self._scene(check, conversation, servers, given)
        except NotReadyError as error:
            finding = Finding(Fault.NOT_READY, text=error.instead)
            return self._failed(
                check, conversation, CheckFailed([finding]), error.output.lines(), error.code
            )
        except HostDiedError as error:
            self._died.add(check.id)
            return not_judged(check, f"{error}, twice: judge it by hand", fault=True)
        except LaunchError as error:
            return not_judged(check, f"the grader could not start a server: {error}", fault=True)
        except Exception:
            trace = traceback.format_exc()
            return not_judged(check, f"a fault of the grader's own:\n{trace}", fault=True)
        finally:
            self._under_way.remove(conversation)
        if failure:
            server, exit_code = servers.to_blame(failure)
            lines = server.output.lines() if server.output else []
            return self._failed(check, conversation, failure, lines, exit_code)
        return outcome(check, None, self._history(conversation))

    async def _start(self, servers: Servers) -> Server:
        """The check's first server.

        Once one was slow to start, the others start only as many at a time as there are cores:
        together they would be slower still, each of them.
        """
        async with self._starting:
            began = time.monotonic()
            server = await servers.start()
            if not self._started and time.monotonic() - began > SLOW:
                self._starting = asyncio.Semaphore(os.cpu_count() or 1)
            self._started = True
            self._elsewhere = server.elsewhere
            return server

    def _serving(self, conversation: Conversation, given: Given, world: World) -> Serving:
        """What starts a server of the submission for a check."""
        return lambda special: serving(
            self._submission,
            self._launcher,
            self._options.patience,
            conversation.changed,
            self._elsewhere,
            {**given.environment, **special},
            world=world,
            socketio=self._vocabulary.socketio,
            beside=given.starved,
        )

    def _environment(self, check: Check) -> dict[str, str]:
        return {**self._vocabulary.environment, **check.environment}

    async def _scene(
        self, check: Check, conversation: Conversation, servers: Servers, given: Given
    ) -> CheckFailed | None:
        """Play the check on its server; what failed it, or None."""
        (server,) = servers.all
        seconds = self._options.patience
        browser = self._browser if check.needs_browser else None
        busy = browser.starved() if browser else 0.0

        def starved() -> float:
            beside = browser.starved() - busy if browser else 0.0
            return servers.starved() + given.starved() + beside

        scene = Scene(
            server.url,
            conversation,
            seconds,
            output=server.output,
            starved=starved,
            stopped=servers.stopped,
            browser=browser,
            vocabulary=self._vocabulary,
            world=server.world,
            servers=servers,
            given=given,
        )
        try:
            failure = await _played(check, scene, Patience(seconds * DEADLINE, starved))
            if failure and browser:
                prefix = f"{self._prefix}-{check.id}"
                failure.pictures = await scene.photograph(self._options.pictures, prefix)
        finally:
            conversation.end()  # before anybody goes
            await scene.close()
        if conversation.fault:
            raise conversation.fault
        return failure and await servers.with_cause(failure)

    def _failed(
        self,
        check: Check,
        conversation: Conversation,
        failure: CheckFailed,
        lines: Iterable[object],
        exit_code: int | None,
    ) -> CheckResult:
        # Who passes waits for none of these.
        from grader.explaining.evidence import Evidence
        from grader.explaining.rows import explain
        from grader.explaining.source import Source

        source = Source(self._submission.folder)
        evidence = Evidence(
            failure.findings,
            conversation,
            failure.since,
            tuple(str(getattr(line, "text", line)) for line in lines),
            exit_code,
            source,
            self._options.patience,
            self._vocabulary,
            tuple(map(str, failure.pictures)),
        )
        result = outcome(check, explain(evidence), self._history(conversation))
        return replace(result, hint=self._vocabulary.in_dialect(check.hint, source.dialect))

    def _history(self, conversation: Conversation) -> tuple[Happening, ...]:
        return happenings(conversation) if self._options.keep_history else ()

    def _notes(self) -> tuple[str, ...]:
        if self._elsewhere is None:
            return ()
        there = "there" if self._isolated else "there, one check after another"
        python = self._submission.command is None
        port = 'os.environ["PORT"]' if python else "the environment variable PORT"
        return (
            f"the server listens on port {self._elsewhere}, whatever PORT says; it was graded "
            f"{there}. Take the port from {port}.",
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


async def _played(check: Check, scene: Scene, span: Patience) -> CheckFailed | None:
    """Play the check to its end, or to that of the span; what failed it, or None."""
    playing = asyncio.ensure_future(_play_out(check, scene))
    try:
        while not playing.done():
            if not (left := span.left()):
                text = f"the conversation was not over after {span.seconds:g} s"
                return CheckFailed([Finding(Fault.TOO_LONG, text=text)])
            await asyncio.wait([playing], timeout=left)
        return playing.result()
    finally:
        playing.cancel()
        await asyncio.wait([playing])


async def _play_out(check: Check, scene: Scene) -> CheckFailed | None:
    try:
        await check.play(scene)
        await scene.settle()
    except CheckFailed as failure:
        return failure
    return None
