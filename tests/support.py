"""What several tests need: the grader as a student runs it, and its report without what varies."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
GRADER = Path(sys.executable).with_name("grader")
LONGEST = 90  # seconds that one run may take before the test gives up


@dataclass(frozen=True)
class Run:
    """A finished run of the grader."""

    code: int
    out: str
    err: str


def grader(*arguments: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> Run:
    """Run the installed `grader` as a student does."""
    done = subprocess.run(
        [GRADER, *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def normal(report: str) -> str:
    """The report with everything that differs from run to run replaced."""
    text = report.replace(str(ROOT), "ROOT")
    text = re.sub(r'"[\w-]{4,19}…"', '"SID…"', text)
    text = re.sub(r'"[\w-]{20}"', '"SID"', text)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    return re.sub(r"in \d+\.\d\d s", "in N s", text)
