"""The runner: what it says of checks that could not be judged, and why a server was lost."""

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader import checks
from grader.launcher import HostLauncher, LaunchError, Process, SubprocessLauncher
from grader.output import Output
from grader.result import StepResult, Verdict
from grader.runner import Options, StepRun
from grader.server import Submission
from grader.warm import WarmHost
from tests.support import TESTS


async def run(folder: Path, launcher: HostLauncher | SubprocessLauncher) -> StepResult:
    step = StepRun(Submission(folder), launcher, Options())
    return await step.run(4, "step 4", checks.of_step(4))


class Unable(SubprocessLauncher):
    """A launcher on a machine that can start nothing."""

    async def start(
        self, folder: Path, env: Mapping[str, str], argv: Sequence[str] | None, output: Output
    ) -> Process:
        raise LaunchError("Resource temporarily unavailable")


async def test_what_cannot_be_started_is_not_the_students_fault() -> None:
    result = await run(TESTS / "right" / "one_file", Unable())
    assert {check.verdict for check in result.checks} == {Verdict.NOT_JUDGED}
    reasons = {check.reason for check in result.checks}
    assert reasons == {"the grader could not start a server: Resource temporarily unavailable"}


class Doomed(HostLauncher):
    """A launcher whose host dies as soon as something runs."""

    async def start(
        self, folder: Path, env: Mapping[str, str], argv: Sequence[str] | None, output: Output
    ) -> Process:
        process = await super().start(folder, env, argv, output)
        os.kill(self._host._process.pid, signal.SIGKILL)
        return process


async def test_a_host_that_dies_is_not_the_students_fault() -> None:
    launcher = Doomed(WarmHost())
    result = await run(TESTS / "hostile" / "never_listens", launcher)
    await launcher.close()
    reasons = {check.reason for check in result.checks}
    assert reasons == {"the grader could not start a server: the host of the servers has died"}


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
