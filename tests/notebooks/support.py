"""What the tests of `grader notebook` share: their own course, and books judged in this process."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import CodeType, FunctionType, MappingProxyType

from grader.checking import suite
from grader.checking.check import Check
from grader.checking.verdicts import with_needs
from grader.notebook.books import Book, Cell, find_shelf, read_functions
from grader.notebook.judge import NotebookRun
from grader.notebook.options import Options
from grader.report.result import CheckResult, Report, StepResult
from grader.report.terminal import render
from grader.servers.launcher import HostLauncher
from grader.servers.warm import WarmHost
from tests.notebooks.checks import tiny
from tests.support import ROOT, TESTS, normal

COURSE = TESTS / "notebooks" / "course"

SEED = 1

_WORD = re.compile(r"\w+")
_GIVEN = re.compile(r"^(?:(?:async )?def |class )?(\w+)(?=\(|:| =)", re.MULTILINE)


def shelf() -> dict[str, Book]:
    """Every notebook by the name of its file: the course's, and the tests' own."""
    books = (*find_shelf(ROOT).books, *find_shelf(COURSE).books)
    return {book.file.stem: book for book in books}


def checks_of(book: Book) -> tuple[Check, ...]:
    return tiny.CHECKS if book.root == COURSE else suite.of_notebook(book.name)


def judged(
    book: Book, *, seconds: float = Options.seconds, patience: float = Options.patience
) -> StepResult:
    """The notebook's checks, run in this process."""

    async def run() -> StepResult:
        launcher = HostLauncher(WarmHost(()))
        try:
            notebook = NotebookRun(book, launcher, Options(SEED, seconds, patience))
            return await notebook.run(checks_of(book))
        finally:
            await launcher.close()

    return asyncio.run(run())


class Bench:
    """Judges many answers to one notebook after another, in one kernel that has run its cells."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._launcher = HostLauncher(WarmHost(()))
        self._run: _Refilled | None = None

    def judged(self, book: Book, answers: Mapping[str, str]) -> StepResult:
        """The checks of the notebook with its solutions, and with these answers among them."""
        if not (self._run and self._run.is_for(book)):
            self._end()
            self._run = _Refilled(book, self._launcher, Options(SEED))
        result = self._loop.run_until_complete(self._run.again(answers, checks_of(book)))
        # A kernel that has ended has begun again without the answers.
        return judged(book.filled(answers)) if result is None else result

    def close(self) -> None:
        """End the kernel, and the host."""
        self._end()
        self._loop.run_until_complete(self._launcher.close())
        self._loop.close()

    def _end(self) -> None:
        if self._run:
            self._loop.run_until_complete(self._run.close())


class _Refilled(NotebookRun):
    """A run of a notebook with its solutions, whose answers can be written again.

    A check whose functions have the solutions' answers still comes to what it came to with these.
    """

    _solved: Mapping[str, str] = MappingProxyType({})
    _results: dict[str, CheckResult]

    def is_for(self, book: Book) -> bool:
        return self._book == book

    async def again(self, answers: Mapping[str, str], checks: Sequence[Check]) -> StepResult | None:
        """The checks, with these answers in the kernel; None where it has ended by them."""
        if not self._solved:
            self._solved = read_functions(self._book.solutions)
            self._results = await self._judge_again(self._solved, checks)
        changed = {name for name, source in answers.items() if source != self._solved[name]}
        touched = reached_from(changed, self._book)
        again = [
            check
            for check in checks
            if not (its := functions_of(check, self._book)) or its & touched
        ]
        results = {**self._results, **await self._judge_again(answers, again)}
        if self._kernel is None or self._kernel.gone:
            return None
        return StepResult(
            self._book.number,
            self._book.title,
            tuple(with_needs(checks, [results[check.id] for check in checks])),
            kind="notebook",
        )

    async def _judge_again(
        self, answers: Mapping[str, str], checks: Sequence[Check]
    ) -> dict[str, CheckResult]:
        if self._kernel is None or self._kernel.gone:
            await self._begin()
        kernel = self._kernel
        assert kernel
        for cell in (cell for cell in self._book.filled(answers).cells if cell.exercise):
            self._ran.append((cell, await kernel.run(cell.source, 10.0, counts=True)))
        return {check.id: await self._judge(check) for check in checks}

    async def close(self) -> None:
        if self._kernel:
            await self._kernel.close()


def functions_of(check: Check, book: Book) -> set[str]:
    """The exercises that a check names: itself, or in functions and constants of its module."""
    found: set[str] = set()
    seen: set[object] = set()
    todo: list[object] = [check.play]
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            found |= {one} & set(book.exercises)
        elif isinstance(one, FunctionType) and one not in seen:
            seen.add(one)
            todo += [one.__code__, *(one.__globals__.get(name) for name in names_in(one.__code__))]
        elif isinstance(one, CodeType):
            todo += one.co_consts
    return found


def names_in(code: CodeType) -> Iterator[str]:
    """The names that a function looks up, and those that the functions in it do."""
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from names_in(one)


def reached_from(changed: set[str], book: Book) -> set[str]:
    """The names that the notebook's cells give to what is made with any of these."""
    touched = set(changed)
    while True:
        more = {
            name
            for cell in book.cells
            if touched & set(_WORD.findall(cell.source))
            for name in _GIVEN.findall(cell.source)
        }
        if more <= touched:
            return touched
        touched |= more


def report(result: StepResult) -> str:
    """What a student reads, without what varies from run to run."""
    return normal(render(Report("", (result,))))


def before(book: Book, source: str) -> Book:
    """The book with one more cell, the first."""
    return replace(book, cells=(Cell(0, source, count=0), *book.cells))
