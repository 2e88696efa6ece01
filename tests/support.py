"""What several tests need: the grader as a student runs it, and its report without what varies."""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from grader.browser.chromium import find_chromium, unmet
from grader.checking import suite
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.course.course import Course, find_course
from grader.dev.cases import shelf
from grader.dev.cases.case import unfold
from grader.report.result import StepResult
from grader.servers.launcher import HostLauncher
from grader.servers.server import Submission
from grader.servers.warm import WarmHost

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
GRADER = Path(sys.executable).with_name("grader")
LONGEST = 90  # seconds that one run may take before the test gives up


@cache
def course() -> Course:
    """The course itself."""
    return find_course(ROOT)


@dataclass(frozen=True)
class Run:
    """A finished run of the grader."""

    code: int
    out: str
    err: str


def grader(
    *arguments: str, cwd: Path = ROOT, env: dict[str, str] | None = None, longest: float = LONGEST
) -> Run:
    """Run the installed `grader` as a student does."""
    done = subprocess.run(
        [GRADER, *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=longest,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def unfolded(name: str, place: Path) -> Path:
    """The folder with the case's submission, in `place`."""
    case = shelf.read(ROOT, name)
    unfold(case.applied(shelf.solution_of(ROOT, case)), place / case.name)
    return place / case.name


def normal(report: str) -> str:
    """The report with everything that differs from run to run replaced."""
    text = report.replace(str(ROOT), "ROOT")
    numbers: dict[str, int] = {}

    def numbered(match: re.Match[str]) -> str:
        return f'"SID {numbers.setdefault(match[0], len(numbers) + 1)}"'

    text = re.sub(r'(session=)"[^…;"]+…"?', r'\1"COOKIE"', text)
    text = re.sub(r'"[\w-]{4,19}…"|"[\w-]{20}"', numbered, text)
    text = re.sub(r'(": )"[\w-]{8}"', r'\1"SIDSTART"', text)
    text = re.sub(r"(?<=/connected/)[\w-]{4,20}…?", numbered, text)
    text = re.sub(r"(KeyError: )'[\w-]{20}'", r"\1'SID'", text)
    # Two clients that send at the same time: whose comes first, no one can say.
    text = re.sub(
        r"""(amy|terry)(", "message": ")\1('|&#x27;)s no. \d+""", r"ONE\2ONE\3s no. N", text
    )
    text = re.sub(r"(127\.0\.0\.1|\[[\da-f:]+\]):\d+", r"\1:PORT", text)
    text = re.sub(r"(\('[\d.]+', )\d+", r"\1PORT", text)
    text = re.sub(r"(Visitor )[\w-]{4}", r"\1SID4", text)  # a page shows the start of one
    text = re.sub(r"listens on port \d+", "listens on port PORT", text)
    # Where each server has a network of its own, they need not take turns.
    text = re.sub(r"graded\s+there(, one\s+check after\s+another)?\.\s+", "graded there. ", text)
    # For how long a server is waited for grows on a busy machine.
    text = re.sub(r"(any port|at 127\.0\.0\.1) within \d+ s", r"\1 within N s", text)
    return re.sub(r"in \d+\.\d\d s", "in N s", text)


def title_of(block: str) -> str:
    """The title of a failed check, from its part of a report; "" of any other part.

    It is folded where it is long: what goes on below stands under it, less far in than the rest.
    """
    first, *others = block.splitlines() or [""]
    if not first.startswith("  ✗ "):
        return ""
    below = takewhile(lambda line: re.match(r" {4}\S", line), others)
    parts = [re.sub(r" {3,}0 of \d+ points?$", "", first).strip("✗ "), *map(str.strip, below)]
    return " ".join(parts)


def is_running(pid: int) -> bool:
    """Whether the process is there and has not ended."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def running_children(name: str) -> set[int]:
    """The processes that this one has started, itself or through others, whose names begin so."""
    found = set()
    for one in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if one.name().startswith(name) and is_running(one.pid):
                found.add(one.pid)
    return found


def open_files() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until it is so; fails after LONGEST."""
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)


def missing_tool(what: str) -> NoReturn:
    """Skip the test that needs a tool which is not here; fail where REQUIRE_TOOLS is set."""
    if os.environ.get("REQUIRE_TOOLS"):
        pytest.fail(f"REQUIRE_TOOLS is set, and these are missing: {what}")
    pytest.skip(what)


def need_browser() -> None:
    """Skip the test where no page can be judged; fail where REQUIRE_TOOLS is set."""
    if missing := unmet(ROOT / "static", find_chromium()):
        missing_tool(missing)


def graded(folder: Path, number: int) -> StepResult:
    """The checks of a step on the app.py in a folder, run in this process."""

    submission = Submission(folder, static=ROOT / "static")

    async def run() -> StepResult:
        launcher = HostLauncher(WarmHost())
        try:
            found = suite.of_step(number)
            options = Options(keep_history=True)
            step = StepRun(submission, launcher, options, vocabulary=found.vocabulary)
            return await step.run(number, f"step {number}", found.server)
        finally:
            await launcher.close()

    return asyncio.run(run())
