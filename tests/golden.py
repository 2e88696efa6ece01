"""The golden reports: what a student reads about each server in tests/hostile.

    python -m tests.golden [NAME…]

grades the servers named, or all except those whose report is never twice the same, and rewrites
the report.txt in their folders. Read the difference before you commit it.
"""

import sys
from pathlib import Path

from grader.servers.ports import free_port
from tests.support import TESTS, Run, grader, normal

HOSTILE_STEP = "4"  # what is hostile shows at the first step already

# How much of a flood comes within a moment is chance, and so are the numbers and line breaks.
FLUID = ("floods_output",)


def hostile() -> list[Path]:
    """The folders of all hostile servers."""
    return sorted(file.parent for file in (TESTS / "hostile").glob("*/app.py"))


def grade(folder: Path, step: str = HOSTILE_STEP, *options: str, port: int = 0) -> Run:
    """Grade a hostile server as a student would.

    `port` is the one that is "written into the file" where that is so; 0: a free one.
    """
    hard = f"HARD_PORT={port or free_port()}"
    return grader("check", step, "--path", str(folder), "--env", hard, *options)


def golden(folder: Path) -> str:
    """The report that is kept."""
    return (folder / "report.txt").read_text(encoding="utf-8")


def rewrite(folder: Path) -> bool:
    """Grade the server and keep its report; whether that changed anything."""
    file, run = folder / "report.txt", grade(folder)
    if run.err:
        sys.exit(f"{folder}: {run.err}")
    before = golden(folder) if file.is_file() else ""
    file.write_text(normal(run.out), encoding="utf-8")
    return golden(folder) != before


if __name__ == "__main__":
    for one in hostile():
        if one.name in sys.argv[1:] or (len(sys.argv) == 1 and one.name not in FLUID):
            print("rewritten" if rewrite(one) else "unchanged", one.relative_to(TESTS))
