"""What the tests of `grader notebook` share: their own course, and books judged in this process."""

import asyncio
from dataclasses import replace

from grader.checking import suite
from grader.checking.check import Check
from grader.notebook.books import Book, Cell, find_shelf
from grader.notebook.judge import NotebookRun, Options
from grader.report.result import Report, StepResult
from grader.report.terminal import render
from grader.servers.launcher import HostLauncher
from grader.servers.warm import WarmHost
from tests.notebooks.checks import tiny
from tests.support import ROOT, TESTS, normal

COURSE = TESTS / "notebooks" / "course"

SEED = 1


def shelf() -> dict[str, Book]:
    """Every notebook by the name of its file: the course's, and the tests' own."""
    books = (*find_shelf(ROOT).books, *find_shelf(COURSE).books)
    return {book.file.stem: book for book in books}


def checks_of(book: Book) -> tuple[Check, ...]:
    return tiny.CHECKS if book.root == COURSE else suite.of_notebook(book.name)


def judged(book: Book, *, seconds: float = 60.0, patience: float = 2.0) -> StepResult:
    """The notebook's checks, run in this process."""

    async def run() -> StepResult:
        launcher = HostLauncher(WarmHost(()))
        try:
            notebook = NotebookRun(book, launcher, Options(SEED, seconds, patience))
            return await notebook.run(checks_of(book))
        finally:
            await launcher.close()

    return asyncio.run(run())


def report(result: StepResult) -> str:
    """What a student reads, without what varies from run to run."""
    return normal(render(Report("", (result,))))


def before(book: Book, source: str) -> Book:
    """The book with one more cell, the first."""
    return replace(book, cells=(Cell(0, source, count=0), *book.cells))
