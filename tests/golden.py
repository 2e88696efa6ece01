"""The golden reports: what a student reads about each server in tests/hostile and tests/wrong.

    python -m tests.golden hostile [NAME…]
    python -m tests.golden wrong [STEP/NAME…]         as in step04/misspelt_emit
    python -m tests.golden pages [STEP/NAME…]         as in step04/page_reloads
    python -m tests.golden all

grades the servers named, or all of a kind but for those whose report is never twice the same,
and rewrites the report.txt in their folders. Read the difference before you commit it.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.servers.ports import free_port
from tests.support import ROOT, TESTS, Run, grader, normal

HOSTILE_STEP = "4"  # what is hostile shows at the first step already

PAGE = "page_"  # so the names of wrong pages begin

# How much of a flood comes within a moment is chance, and so are the numbers and line breaks; and
# whether somebody comes in the moment in which a server listens that ends at once.
FLUID = ("floods_output", "not_serving")

# The page goes while it sends, or the server while two send at once: how much of it still gets
# through, no one can say. Or the barrier's ping makes the server close: whether the end of TCP is
# there as soon is chance. What fails is the same all the same; how such checks (with these words in
# their titles) are explained is not.
RACY = {
    "page_reloads": "",
    "exits_in_handler": "everybody else hears",
    "rest_of_a_packet_lost": "text that is not UTF-8",
}


def hostile() -> list[Path]:
    """The folders of all hostile servers."""
    return sorted(file.parent for file in (TESTS / "hostile").glob("*/app.py"))


def wrong() -> list[Path]:
    """The folders of all servers with one mistake."""
    return [folder for folder in _submissions() if not folder.name.startswith(PAGE)]


def pages() -> list[Path]:
    """The folders of all pages with one mistake, each with a right server."""
    return [folder for folder in _submissions() if folder.name.startswith(PAGE)]


def _submissions() -> list[Path]:
    return sorted(file.parent for file in (TESTS / "wrong").glob("step*/*/app.py"))


def grade(folder: Path, step: str = "", *options: str, port: int = 0) -> Run:
    """Grade a hostile or wrong server as a student would; its own step where none is named.

    `port` is the one that is "written into the file" where that is so; 0: a free one.
    """
    own = HOSTILE_STEP if folder.parent.name == "hostile" else folder.parent.name
    env = {"HARD_PORT": str(port or free_port())}
    page = ["--page"] if folder.name.startswith(PAGE) else []
    with tempfile.TemporaryDirectory() as cwd:  # for the screenshots
        where = Path(cwd) if page else ROOT
        command = ["check", step or own, "--path", str(folder), *page, *options]
        return grader(*command, cwd=where, env=env)


def golden(folder: Path) -> str:
    """The report that is kept."""
    return (folder / "report.txt").read_text(encoding="utf-8")


def failed(report: str) -> set[str]:
    """The titles of the failed checks of a report."""
    lines = (line for line in report.splitlines() if line.startswith("  ✗ "))
    return {line.strip("✗ ").rpartition("   ")[0].strip() for line in lines}


def steady(folder: Path, report: str) -> str:
    """What of the report is the same in every run: all of it, but for those that are RACY."""
    if folder.name not in RACY:
        return report
    blocks = report.split("\n\n")
    return "\n\n".join(
        block.partition("\n")[0]
        if block.startswith("  ✗ ") and RACY[folder.name] in block.partition("\n")[0]
        else block
        for block in blocks
    )


def rewrite(folder: Path) -> bool:
    """Grade the server and keep its report; whether that changed anything."""
    file, run = folder / "report.txt", grade(folder)
    if run.err:
        sys.exit(f"{folder}: {run.err}")
    before = golden(folder) if file.is_file() else ""
    file.write_text(normal(run.out), encoding="utf-8")
    return golden(folder) != before


def _named(kind: str, names: list[str]) -> Iterator[Path]:
    kinds = {"hostile": hostile(), "wrong": wrong(), "pages": pages()}
    every = {**kinds, "all": [folder for one in kinds.values() for folder in one]}.get(kind)
    if every is None:
        sys.exit(__doc__)
    if not names:
        yield from (folder for folder in every if folder.name not in FLUID)
    for name in names:
        folder = TESTS / ("wrong" if kind == "pages" else kind) / name
        if folder not in every:
            sys.exit(f"no {kind} server {name}")
        yield folder


if __name__ == "__main__":
    for one in _named([*sys.argv, ""][1], sys.argv[2:]):
        print("rewritten" if rewrite(one) else "unchanged", one.relative_to(TESTS))
