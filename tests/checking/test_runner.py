"""The runner: what it says of what could not be judged, and how much it does at a time."""

import asyncio
import gc
import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from grader.checking import player, runner, suite
from grader.checking.check import Check, Play
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.checking.scene import Scene
from grader.clients.connection import Connection
from grader.explaining.vocabulary import Vocabulary
from grader.history import patience
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import Patience
from grader.report.result import CheckResult, StepResult, Verdict
from grader.servers import postgres
from grader.servers.direct import SubprocessLauncher
from grader.servers.launcher import HostLauncher
from grader.servers.output import Output
from grader.servers.process import LaunchError, Process
from grader.servers.server import Submission
from grader.servers.sight import Sight
from grader.servers.warm import WarmHost
from grader.servers.world import MACHINE, World
from tests.support import LONGEST, TESTS


async def run(folder: Path, launcher: HostLauncher | SubprocessLauncher) -> StepResult:
    found = suite.of_step(4)
    step = StepRun(Submission(folder), launcher, Options(), vocabulary=found.vocabulary)
    return await step.run(4, "step 4", found.server)


class Unable(SubprocessLauncher):
    """A launcher on a machine that can start nothing."""

    async def start(
        self,
        folder: Path,
        env: Mapping[str, str],
        argv: Sequence[str] | None,
        output: Output,
        world: World = MACHINE,
        seen: Sight | None = None,
    ) -> Process:
        raise LaunchError("Resource temporarily unavailable")


async def test_what_cannot_be_started_is_not_the_students_fault() -> None:
    result = await run(TESTS / "right" / "one_file", Unable())
    assert {check.verdict for check in result.checks} == {Verdict.NOT_JUDGED}
    reasons = {check.reason for check in result.checks}
    assert reasons == {"the grader could not start a server: Resource temporarily unavailable"}


async def test_a_server_that_the_machine_holds_up_may_start_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = (TESTS / "right" / "one_file" / "app.py").read_text(encoding="utf-8")
    (tmp_path / "app.py").write_text(f"import time\n\ntime.sleep(1)\n{app}", encoding="utf-8")
    monkeypatch.setattr(patience, "held_up", time.monotonic)  # as by a disk that is busy all along
    launcher = HostLauncher(WarmHost())
    found = suite.of_step(4)
    options = Options(patience=0.2)
    step = StepRun(Submission(tmp_path), launcher, options, vocabulary=found.vocabulary)
    result = await step.run(4, "step 4", found.server[:1])
    await launcher.close()
    assert [check.verdict for check in result.checks] == [Verdict.PASSED]


class Doomed(HostLauncher):
    """A launcher whose host dies as soon as something runs."""

    async def start(
        self,
        folder: Path,
        env: Mapping[str, str],
        argv: Sequence[str] | None,
        output: Output,
        world: World = MACHINE,
        seen: Sight | None = None,
    ) -> Process:
        process = await super().start(folder, env, argv, output, world, seen)
        os.kill(self._host._process.pid, signal.SIGKILL)
        return process


async def test_a_host_that_dies_is_not_the_students_fault() -> None:
    launcher = Doomed(WarmHost())
    result = await run(TESTS / "right" / "one_file", launcher)
    await launcher.close()
    reasons = {check.reason for check in result.checks}
    assert reasons == {"the host of the servers has died, twice: judge it by hand"}
    assert result.checks[0].graders_fault


class DoomedOnce(HostLauncher):
    """A launcher whose first host dies under the server that is started so many servers later."""

    left = 3

    async def start(
        self,
        folder: Path,
        env: Mapping[str, str],
        argv: Sequence[str] | None,
        output: Output,
        world: World = MACHINE,
        seen: Sight | None = None,
    ) -> Process:
        process = await super().start(folder, env, argv, output, world, seen)
        self.left -= 1
        if not self.left:
            os.kill(self._host._process.pid, signal.SIGKILL)
        return process


@pytest.mark.parametrize("left", [1, 3])
async def test_what_a_host_that_died_had_under_way_is_tried_once_more(
    left: int, caplog: pytest.LogCaptureFixture
) -> None:
    launcher = DoomedOnce(WarmHost())
    launcher.left = left
    result = await run(TESTS / "right" / "one_file", launcher)
    await launcher.close()
    assert launcher.left < 0
    gc.collect()
    assert caplog.records == []  # of errors that nobody has waited for
    assert [check.reason for check in result.checks if check.reason] == []
    assert result.verdict is Verdict.PASSED


async def test_a_submission_that_takes_too_long_is_left_to_a_person() -> None:
    launcher = HostLauncher(WarmHost())
    step = StepRun(Submission(TESTS / "hostile" / "never_listens"), launcher, Options(deadline=0.2))
    result = await step.run(4, "step 4", suite.of_step(4).server)
    await launcher.close()
    assert {check.reason for check in result.checks} == {
        "all checks together took more than 0.2 s: judge it by hand"
    }
    assert result.checks[0].graders_fault


async def test_a_server_that_ends_is_told_from_one_that_ends_connections() -> None:
    launcher = HostLauncher(WarmHost())
    ends = await run(TESTS / "hostile" / "exits_on_event", launcher)
    closes = await run(TESTS / "hostile" / "closes_every_connection", launcher)
    await launcher.close()
    for result, notes in (
        (ends, ("did not come", "was not printed", "ended with exit code 7")),
        (closes, ("the server ends the connection",)),
    ):
        explained = [check.explanation for check in result.checks if check.explanation]
        assert explained
        for one in explained:
            assert {row.note for row in one.rows if row.note} <= set(notes)
            assert one.rows[-1].note == notes[-1]


class Counting(SubprocessLauncher):
    """A launcher that knows how many of its processes run, and ran at most."""

    running = most = 0

    async def start(
        self,
        folder: Path,
        env: Mapping[str, str],
        argv: Sequence[str] | None,
        output: Output,
        world: World = MACHINE,
        seen: Sight | None = None,
    ) -> Process:
        self.running += 1
        self.most = max(self.most, self.running)
        return await super().start(folder, env, argv, output, world, seen)

    async def stop(self, process: Process, moment: float) -> None:
        await super().stop(process, moment)
        self.running -= 1


async def run_eight(play: Play, launcher: Counting) -> None:
    step = StepRun(
        Submission(TESTS / "right" / "one_file"),
        launcher,
        Options(),
        vocabulary=suite.of_step(4).vocabulary,
    )
    every = [Check(play, 1, "Look.") for _ in range(8)]
    result = await step.run(4, "step 4", every)
    assert {one.verdict for one in result.checks} == {Verdict.PASSED}


def depending() -> tuple[list[str], list[Check]]:
    """What is played, in that order; and checks of which the first needs the last, which fails."""
    played: list[str] = []

    def check(title: str, *needs: Check, fails: bool = False) -> Check:
        async def play(_scene: Scene) -> None:
            played.append(title)
            if fails:
                raise CheckFailed([Finding(Fault.TOO_LONG, text="it failed")])

        play.__doc__ = title
        return Check(play, 1, "Look.", needs=needs)

    starts, fails = check("starts"), check("fails", fails=True)
    needs = check("needs", fails)
    return played, [starts, check("needs what needs", needs), check("works", starts), needs, fails]


async def test_one_after_another_nothing_is_played_that_needs_what_failed() -> None:
    launcher = HostLauncher(WarmHost())
    submission = Submission(TESTS / "right" / "one_file")
    played, checks = depending()
    result = await StepRun(submission, launcher, Options(jobs=1)).run(4, "step 4", checks)
    assert played == ["starts", "fails", "works"]
    played, checks = depending()
    beside = await StepRun(submission, launcher, Options(jobs=5)).run(4, "step 4", checks)
    await launcher.close()
    assert sorted(played) == ["fails", "needs", "needs what needs", "starts", "works"]
    for one in (result, beside):
        assert [check.title for check in one.checks] == [check.title for check in checks]
    passed, failed, unjudged = Verdict.PASSED, Verdict.FAILED, Verdict.NOT_JUDGED
    verdicts = [check.verdict for check in result.checks]
    assert verdicts == [passed, unjudged, passed, unjudged, failed]
    assert [check.verdict for check in beside.checks] == [passed, passed, passed, passed, failed]
    assert result.checks[1].reason == "it needs “needs”"
    assert result.checks[3].reason == "it needs “fails”"


async def test_few_servers_are_begun_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first check's, and as many as may be at work."""
    monkeypatch.setattr(runner, "AT_WORK", 2)
    monkeypatch.setattr(runner, "MOMENT", LONGEST)

    async def play(scene: Scene) -> None:
        """it is over at once"""

    launcher = Counting()
    await run_eight(play, launcher)
    assert 2 <= launcher.most <= 3


async def test_who_waits_keeps_nobody_from_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "AT_WORK", 2)
    monkeypatch.setattr(runner, "MOMENT", 0)
    everybody = asyncio.Barrier(8)

    async def play(scene: Scene) -> None:
        """it is over when all others are there"""
        async with asyncio.timeout(LONGEST):
            await everybody.wait()

    launcher = Counting()
    await run_eight(play, launcher)
    assert launcher.most == 8


async def test_servers_that_are_slow_to_start_start_as_many_at_a_time_as_there_are_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    starting = tmp_path / "starting"
    starting.mkdir()
    (tmp_path / "app.py").write_text(
        dedent(f"""
            import os, pathlib, socket, time
            mine = pathlib.Path({str(starting)!r}, os.environ["PORT"])
            mine.touch()
            time.sleep(0.3)
            print(len(list(mine.parent.iterdir())), "start")
            mine.unlink()
            one = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
            time.sleep(600)
        """),
        encoding="utf-8",
    )
    seen: list[str] = []

    async def play(scene: Scene) -> None:
        """it starts"""
        output = scene.output
        assert output
        await scene.conversation.until(lambda: bool(output.lines()), Patience(LONGEST))
        seen.extend(line.text for line in output.lines())

    launcher = SubprocessLauncher()
    step = StepRun(Submission(tmp_path), launcher, Options())
    await step.run(4, "step 4", [Check(play, 1, "Start.") for _ in range(6)])
    await launcher.close()
    assert seen[0] == "1 start"
    assert set(seen) <= {"1 start", "2 start"}
    assert len(seen) == 6


async def test_a_check_whose_database_is_not_installed_is_not_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "binaries", lambda: None)

    async def play(_scene: Scene) -> None:
        """it asks a database"""

    asks = Check(play, 2, "Ask.", environment={"URL": "postgresql://{postgres}"})
    launcher = SubprocessLauncher()
    step = StepRun(Submission(TESTS / "right" / "one_file"), launcher, Options())
    result = await step.run(4, "step 4", [asks, suite.of_step(4).server[0]])
    await launcher.close()
    assert [check.verdict for check in result.checks] == [Verdict.NOT_JUDGED, Verdict.PASSED]
    assert (result.checks[0].not_run, result.checks[0].reason) == (True, postgres.MISSING)
    assert result.verdict is Verdict.PASSED


async def played(play: Play) -> CheckResult:
    """What becomes of this check on a server that is right."""
    launcher = HostLauncher(WarmHost())
    try:
        step = StepRun(Submission(TESTS / "right" / "one_file"), launcher, Options())
        return (await step.run(4, "step 4", [Check(play, 1, "Look.")])).checks[0]
    finally:
        await launcher.close()


async def test_a_conversation_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "DEADLINE", 0.1)

    async def play(scene: Scene) -> None:
        """it goes on and on"""
        await asyncio.Event().wait()

    result = await played(play)
    assert result.verdict is Verdict.FAILED
    assert result.explanation
    assert result.explanation.rows[-1].note == "the conversation was not over after 0.2 s"


async def test_while_the_grader_computes_no_conversation_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(player, "DEADLINE", 0.1)

    async def play(scene: Scene) -> None:
        """it passes, while the grader has much else to do"""
        for _ in range(6):
            began = time.process_time()
            while time.process_time() - began < 0.1:
                pass
            await asyncio.sleep(0)

    assert (await played(play)).verdict is Verdict.PASSED


def blunder(*_: object) -> None:
    raise ZeroDivisionError("our own")


def assert_own(result: CheckResult) -> None:
    assert (result.verdict, result.graders_fault) == (Verdict.NOT_JUDGED, True)
    assert result.reason.startswith("a fault of the grader's own:\nTraceback")
    assert "in blunder" in result.reason
    assert result.reason.rstrip().endswith("ZeroDivisionError: our own")


async def test_an_error_in_a_check_is_the_graders_own() -> None:
    async def play(scene: Scene) -> None:
        """it blunders"""
        blunder()

    assert_own(await played(play))


async def test_an_error_in_a_rule_of_mistakes_costs_no_verdict() -> None:
    async def fails(scene: Scene) -> None:
        """something is missing"""
        (amy,) = await scene.open("amy")
        async with scene.turn() as turn:
            turn.hears(amy, "new user", "amy")

    async def passes(scene: Scene) -> None:
        """a client connects"""
        await scene.open("amy")

    launcher, words = HostLauncher(WarmHost()), Vocabulary(rules=(blunder,))
    try:
        step = StepRun(
            Submission(TESTS / "right" / "one_file"),
            launcher,
            Options(patience=0.5),
            vocabulary=words,
        )
        checks = [Check(play, 1, "Look.") for play in (fails, passes)]
        failed, passed = (await step.run(4, "step 4", checks)).checks
    finally:
        await launcher.close()
    assert (failed.verdict, passed.verdict) == (Verdict.FAILED, Verdict.PASSED)
    assert failed.explanation
    line = blunder.__code__.co_firstlineno + 1
    assert failed.explanation.fault == f"ZeroDivisionError in test_runner.py:{line}, blunder()"
    assert failed.explanation.mistake is None


async def test_an_error_in_a_clients_work_is_the_graders_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It ends the wait for what the error has kept from being recorded."""
    monkeypatch.setattr(Connection, "_comes", blunder)
    monkeypatch.setattr("grader.history.blame._GRADER", Path(__file__).parent)

    async def play(scene: Scene) -> None:
        """a client hears something, and the grader cannot record it"""
        (amy,) = await scene.open("amy")
        async with scene.turn() as turn:
            await amy.emit("new user", "amy")
            turn.hears(amy, "new user", "amy")

    assert_own(await played(play))


async def test_an_error_in_a_task_that_a_conversation_owns_is_the_graders_own() -> None:
    async def work() -> None:
        blunder()

    async def play(scene: Scene) -> None:
        """a task fails while the check waits for something else"""
        scene.conversation.own(asyncio.create_task(work()))
        await scene.conversation.until(lambda: False, Patience(LONGEST))

    assert_own(await played(play))


async def test_an_error_in_a_callback_of_the_loop_is_the_graders_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("grader.history.blame._GRADER", Path(__file__).parent)

    async def play(scene: Scene) -> None:
        """a callback fails while the check waits for something else"""
        asyncio.get_running_loop().call_soon(blunder)
        await scene.conversation.until(lambda: False, Patience(LONGEST))

    assert_own(await played(play))
    assert asyncio.get_running_loop().get_exception_handler() is None


async def test_what_a_library_leaves_behind_is_nobodys_fault() -> None:
    async def play(scene: Scene) -> None:
        """a callback of somebody else's fails"""
        asyncio.get_running_loop().call_soon(json.loads, "{")
        await asyncio.sleep(0)

    assert (await played(play)).verdict is Verdict.PASSED
