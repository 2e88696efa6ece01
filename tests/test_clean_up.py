"""Whatever a server does, and however the grader ends: no process and no file is left behind."""

import gc
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.checking import suite
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.servers.launcher import HostLauncher
from grader.servers.ports import free_port
from grader.servers.server import Submission
from grader.servers.warm import WarmHost
from tests.support import GRADER, LONGEST, TESTS, open_files, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it counts in /proc")

HOSTILE = TESTS / "hostile"
HARD = ("--env", f"HARD_PORT={free_port()}")  # for servers whose port "is in the file"

GRADED = (
    "accepts_never_answers",
    "blocks_loop",
    "exception_at_start",
    "exits_on_event",
    "floods_output",
    "forks_server",
    "huge_payload",
    "ignores_sigterm",
    "listens_elsewhere",
    "never_listens",
    "shadows_socketio",
    "starts_children",
)
BROKEN_OFF = ("blocks_loop", "forks_server", "ignores_sigterm", "never_listens", "starts_children")
# How many processes there are when it is broken off: the grader and its host; a server; more.
HOST, SERVER = 2, 3


@dataclass(frozen=True)
class Place:
    """A copy of a hostile server, and a temporary folder of its own, which marks its processes."""

    submission: Path
    temporary: Path

    @property
    def environment(self) -> dict[str, str]:
        given = {"TMPDIR": str(self.temporary), "HOME": str(self.temporary)}
        return {**os.environ, **given}

    def processes(self) -> set[int]:
        """Every process that has the mark, whoever started it."""
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            if f"TMPDIR={self.temporary}".encode() in environment:
                found.add(int(folder.name))
        return found

    def files(self) -> dict[Path, bytes]:
        every = [*self.submission.rglob("*"), *self.temporary.rglob("*")]
        return {file: file.read_bytes() if file.is_file() else b"" for file in every}


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """Fails the test where anything is left at its end; then ends it."""
    submission = tmp_path / "submission"
    shutil.copytree(HOSTILE / request.param, submission)
    (tmp_path / "tmp").mkdir()
    one = Place(submission, tmp_path / "tmp")
    before = one.files()
    try:
        yield one
        wait_until(lambda: not one.processes(), "every process to go")
        assert one.files() == before
    finally:
        for pid in one.processes():
            os.kill(pid, signal.SIGKILL)


@contextmanager
def grading(place: Place, *arguments: str, until: int) -> Iterator[subprocess.Popen[str]]:
    """The grader at work, as soon as it and what it has started are so many processes."""
    with subprocess.Popen(
        [GRADER, "check", "4", *HARD, *(arguments or ("--path", str(place.submission)))],
        cwd=TESTS if not arguments else place.submission,
        env=place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until(lambda: len(place.processes()) >= until, f"{until} processes")
        yield process


def marked(place: Place, *arguments: str) -> None:
    """Grade to the end."""
    with grading(place, *arguments, until=0) as process:
        _, err = process.communicate(timeout=LONGEST)
        assert (process.returncode in (0, 1), err) == (True, "")


@pytest.mark.parametrize("place", GRADED, indirect=True)
def test_nothing_is_left_after_grading(place: Place) -> None:
    marked(place)


@pytest.mark.parametrize("place", ["starts_children"], indirect=True)
def test_nothing_is_left_after_grading_a_program_of_its_own(place: Place) -> None:
    course = place.submission.parent / "steps"
    shutil.copytree(TESTS.parent / "steps", course)
    (place.submission.parent / "static").mkdir()
    marked(place, "--server", f"{sys.executable} app.py")


@pytest.mark.parametrize("place", BROKEN_OFF, indirect=True)
@pytest.mark.parametrize("until", [HOST, SERVER])
def test_ctrl_c_ends_at_once_and_leaves_nothing(place: Place, until: int) -> None:
    with grading(place, until=until) as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LONGEST)
    assert (process.returncode, out, err) == (130, "", "grader: interrupted\n")


@pytest.mark.parametrize("place", ["ignores_sigterm"], indirect=True)
def test_ctrl_c_twice_is_no_more_than_once(place: Place) -> None:
    with grading(place, until=SERVER) as process:
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LONGEST)
    assert (process.returncode, out, err) == (130, "", "grader: interrupted\n")


@pytest.mark.parametrize("place", BROKEN_OFF, indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("until", [HOST, SERVER])
def test_a_grader_that_is_killed_leaves_nothing(
    place: Place, number: signal.Signals, until: int
) -> None:
    with grading(place, until=until) as process:
        process.send_signal(number)
        process.communicate(timeout=LONGEST)
    assert process.returncode == -number


@pytest.mark.parametrize("name", ["one_file", "exits_on_event", "closes_every_connection"])
async def test_open_files_do_not_grow_from_step_to_step(name: str) -> None:
    (folder,) = TESTS.glob(f"*/{name}")
    launcher = HostLauncher(WarmHost())

    async def opened_after_a_step() -> int:
        step = StepRun(Submission(folder), launcher, Options())
        await step.run(4, "step 4", suite.of_step(4).server)
        return open_files()

    gc.disable()  # as the grader does: what is not closed stays open
    try:
        first = await opened_after_a_step()
        assert [await opened_after_a_step() for _ in range(3)] == [first] * 3
    finally:
        gc.enable()
        await launcher.close()
