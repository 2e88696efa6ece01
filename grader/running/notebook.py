"""One run of `grader notebook`: from its name to the printed report."""

import asyncio
import importlib.util
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.course.course import CourseError
from grader.notebook.books import Book, Shelf, find_shelf
from grader.report.printing import print_report, spinner
from grader.report.result import ExitCode
from grader.running import interrupt
from grader.running.options import NotebookOptions
from grader.running.refused import Refused, Unable

if TYPE_CHECKING:
    from grader.checking.check import Check
    from grader.report.result import Report

NEEDED = ("hypothesis", "ipykernel", "nbclient")

_SEEDS = 10**6


def run(name: str | None, options: NotebookOptions) -> ExitCode:
    """Check a notebook and print the report, or list what there is; the exit code.

    Raises CourseError and Refused.
    """
    shelf = _shelf(Path(name or ""))
    if options.list_only:
        _list([shelf.find(name)] if name else shelf.books)
        return ExitCode.PASSED
    if name is None:
        known = ", ".join(f"{book.number} {book.name}" for book in shelf.books)
        raise Refused(f"which notebook? There are {known}")
    book = shelf.find(name)
    if options.solution:
        book = book.solved()
    if not all(map(importlib.util.find_spec, NEEDED)):
        raise Unable("notebook needs: pip install -e '.[notebooks]'")
    from grader.checking import suite

    found = suite.of_notebook(book.name)
    if not found:
        raise Refused(f"there are no checks for {book.file.name} yet")
    with interrupt.cancels_the_tasks():
        report = asyncio.run(_check(book, found, options))
    print_report(report, as_json=options.as_json)
    return report.exit_code


def _shelf(file: Path) -> Shelf:
    """The notebooks around the current folder, or else around a copy. Raises CourseError."""
    try:
        return find_shelf(Path.cwd())
    except CourseError:
        if file.is_file():
            return find_shelf(file.parent)
        raise


def _list(books: Sequence[Book]) -> None:
    for book in books:
        click.echo(f"{book.number:3}  {book.name:<16}  {book.title}")
        for exercise in book.exercises:
            click.echo(f"{'':23}{exercise}")


async def _check(book: Book, checks: "Sequence[Check]", options: NotebookOptions) -> "Report":
    from grader.notebook.judge import NotebookRun
    from grader.notebook.options import Options
    from grader.report.result import Report
    from grader.servers.direct import SubprocessLauncher
    from grader.servers.launcher import HostLauncher
    from grader.servers.warm import WarmHost

    launcher = HostLauncher(WarmHost(())) if hasattr(os, "fork") else SubprocessLauncher()
    seed = random.randrange(_SEEDS) if options.seed is None else options.seed
    try:
        with spinner(len(checks), hidden=options.as_json) as progress:
            judge = NotebookRun(book, launcher, Options(seed, options.timeout), progress)
            return Report(str(book.file), (await judge.run(checks),))
    finally:
        await launcher.close()
