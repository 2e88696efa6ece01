"""Plays one check on fresh servers, and makes a result of its history."""

import asyncio
import math
import os
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.browser.chromium import Browser
from grader.browser.pages import clear
from grader.checking import beforehand
from grader.checking.check import Check
from grader.checking.options import Options
from grader.checking.scene import Scene
from grader.checking.servers import Servers, Serving
from grader.checking.verdicts import happenings, not_judged, not_run, outcome
from grader.explaining.vocabulary import Vocabulary
from grader.history import patience
from grader.history.conversation import Conversation
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import Lately, Patience
from grader.report.result import CheckResult, Happening
from grader.servers.launcher import a_world
from grader.servers.output import Line
from grader.servers.process import HostDiedError, LaunchError
from grader.servers.protocol import FILES, Launcher
from grader.servers.readiness import NotReadyError
from grader.servers.server import Server, Submission, serving
from grader.servers.services import Given, Services
from grader.servers.world import World
from grader.text import uncoloured

DEADLINE = 10  # times the patience: the longest that one check may take
GIVEN_BACK = 30  # times the patience: what the machine and the grader may make it longer by
SLOW = 0.25  # seconds; servers that need longer to start do not all start at the same time


class Player:
    """Plays the checks of a step, and remembers what its servers have shown.

    `elsewhere` is the port on which they listen instead of the one that they are given, `isolated`
    whether each has a network of its own, `started` whether one ever was, `died` the ids of the
    checks under which the host died, and `under_way` the conversations of those that are played.
    """

    def __init__(
        self,
        submission: Submission,
        launcher: Launcher | None,
        options: Options,
        browser: Browser | None,
        vocabulary: Vocabulary,
    ) -> None:
        self.elsewhere: int | None = None
        self.isolated = False
        self.started = False
        self.died: set[str] = set()
        self.under_way: list[Conversation] = []
        self._submission = submission
        self._launcher = launcher
        self._options = options
        self._browser = browser
        self._vocabulary = vocabulary
        self._services = Services(launcher if submission.url is None else None)
        self._starting = asyncio.Semaphore(options.jobs)
        self._prefix = ""  # of the pictures' names

    def begin(self, step: int) -> None:
        """Begin with the checks of a step: its pictures of the last time go."""
        self._prefix = f"step{step:02}"
        if self._browser:
            clear(self._options.pictures, self._prefix)

    async def close(self) -> None:
        """End the services."""
        await self._services.close()

    async def play(self, check: Check, started: Callable[[], None] = lambda: None) -> CheckResult:
        """What the check comes to. `started` is called once its server runs, or none is needed."""
        if reason := self._missing(check):
            started()
            return not_run(check, reason)
        if reason := await self._unmet(check):
            started()
            return not_judged(check, reason)
        try:
            return await self._play(check, started)
        except Exception:
            trace = traceback.format_exc()
            return not_judged(check, f"a fault of the grader's own:\n{trace}", fault=True)

    def _missing(self, check: Check) -> str:
        """What is not installed here that the check needs; "" where nothing is."""
        missing = self._services.missing(self._environment(check))
        if check.needs_browser and self._browser:
            missing = missing or self._browser.missing
        return missing

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
        self.under_way.append(conversation)
        try:
            async with (
                a_world(self._launcher) as world,
                self._services.given(self._environment(check), world) as given,
                Servers(self._serving(conversation, given, world)) as servers,
            ):
                if self._launcher and FILES not in self._launcher.isolation:
                    beforehand.import_all()
                server = await self._start(servers)
                self.isolated = world.isolated
                started()
                failure = await self._scene(check, conversation, servers, given)
        except NotReadyError as error:
            finding = Finding(Fault.NOT_READY, text=error.instead)
            return self._failed(
                check, conversation, CheckFailed([finding]), error.output.lines(), error.code
            )
        except HostDiedError as error:
            self.died.add(check.id)
            return not_judged(check, f"{error}, twice: judge it by hand", fault=True)
        except LaunchError as error:
            return not_judged(check, f"the grader could not start a server: {error}", fault=True)
        finally:
            self.under_way.remove(conversation)
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
            if not self.started and time.monotonic() - began > SLOW:
                self._starting = asyncio.Semaphore(os.cpu_count() or 1)
            self.started = True
            self.elsewhere = server.elsewhere
            return server

    def _serving(self, conversation: Conversation, given: Given, world: World) -> Serving:
        """What starts a server of the submission for a check."""
        return lambda special: serving(
            self._submission,
            self._launcher,
            self._options.patience,
            conversation.changed,
            self.elsewhere,
            {**given.environment, **special},
            world=world,
            socketio=self._vocabulary.socketio,
            beside=_not_its_own(given),
        )

    def _environment(self, check: Check) -> dict[str, str]:
        return {**self._vocabulary.environment, **check.environment}

    async def _scene(
        self, check: Check, conversation: Conversation, servers: Servers, given: Given
    ) -> CheckFailed | None:
        """Play the check on its server; what failed it, or None."""
        (server,) = servers.all
        browser = self._browser if check.needs_browser else None

        def waited() -> float:
            return servers.starved() + given.starved() + patience.held_up()

        lately = Lately(waited, patience.held_up())  # of the servers all: they begin with the check

        def waits() -> Callable[[], float]:
            beside, of_browser = lately(), browser.waits() if browser else lambda: 0.0
            return lambda: beside() + of_browser()

        scene = Scene(
            server.url,
            conversation,
            self._options.patience,
            output=server.output,
            waits=waits,
            stopped=servers.stopped,
            browser=browser,
            vocabulary=self._vocabulary,
            world=server.world,
            servers=servers,
            given=given,
        )
        try:
            failure = await _played(check, scene, self._deadline(waits()))
            if failure and browser:
                prefix = f"{self._prefix}-{check.id}"
                failure.pictures = await scene.photograph(self._options.pictures, prefix)
        finally:
            conversation.end()  # before anybody goes
            await scene.close()
        if conversation.fault:
            raise conversation.fault
        return failure and await servers.with_cause(failure)

    def _deadline(self, waited: Callable[[], float]) -> Patience:
        """The longest that a check may take from now on.

        While the grader computes, be it for other checks, no conversation goes on.
        """
        seconds, ours = self._options.patience, _own_time()
        return Patience(
            seconds * DEADLINE,
            lambda: waited() + _own_time() - ours,
            most=seconds * GIVEN_BACK,
        )

    def _failed(
        self,
        check: Check,
        conversation: Conversation,
        failure: CheckFailed,
        lines: Sequence[Line],
        exit_code: int | None,
    ) -> CheckResult:
        # A check that passes waits for none of these.
        from grader.explaining.evidence import Evidence
        from grader.explaining.rows import explain
        from grader.explaining.source import Source

        source = Source(self._submission.folder)
        over = math.inf if conversation.ended is None else conversation.ended
        evidence = Evidence(
            failure.findings,
            conversation,
            failure.since,
            tuple(uncoloured(line.text) for line in lines),
            exit_code,
            source,
            self._options.patience,
            self._vocabulary,
            tuple(map(str, failure.pictures)),
            sum(line.at > over for line in lines),
        )
        result = outcome(check, explain(evidence), self._history(conversation))
        return replace(result, hint=self._vocabulary.in_dialect(check.hint, source.dialect))

    def _history(self, conversation: Conversation) -> tuple[Happening, ...]:
        return happenings(conversation) if self._options.keep_history else ()


def _not_its_own(given: Given) -> Callable[[], float]:
    """What tells the seconds from now on in which a server that starts may wait for others.

    That is for what it is given, for the machine, and, where its database is behind a proxy of
    ours, for the grader, which may have other things to do.
    """
    of_the_proxy = _own_time if given.statements else lambda: 0.0
    before = patience.held_up() + of_the_proxy()

    def waited() -> float:
        return given.starved() + patience.held_up() + of_the_proxy() - before

    return waited


def _own_time() -> float:
    """Seconds that the grader has been on a core, or has waited for one, ever."""
    return patience.computed(os.getpid()) + patience.starved(os.getpid())


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
