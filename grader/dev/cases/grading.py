"""Grades cases: many submissions in one process, with one host that has everything imported."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import astuple, replace
from pathlib import Path

from grader.browser.chromium import Browser
from grader.checking import suite
from grader.checking.options import SCREENSHOTS, Options
from grader.checking.runner import AT_WORK, StepRun
from grader.course.course import Step
from grader.dev.cases.case import Files, unfold
from grader.notebook.books import Book, read_functions
from grader.notebook.judge import NotebookRun
from grader.notebook.options import Options as NotebookOptions
from grader.report.result import CheckResult, Row, StepResult, Verdict
from grader.servers.launcher import HostLauncher
from grader.servers.server import Submission
from grader.servers.warm import WarmHost

TEMPORARY = os.path.realpath(tempfile.gettempdir())  # as a server sees it, where it is a link
SEED = 1  # of what the checks of a notebook draw


class Grading:
    """Grades submissions, as many at once as are asked for. `static`: the shared files."""

    def __init__(self, static: Path) -> None:
        self._static = static
        self._host = WarmHost()
        self._launcher = HostLauncher(self._host)
        self._begun = asyncio.Semaphore(AT_WORK)
        self._browser: Browser | None = None  # few need it, and it takes long to start

    async def step(
        self, submission: Files, step: Step, *, server: bool = True, page: bool = False
    ) -> StepResult:
        """The checks of a step's server, of its page, or of both, on the submission's files."""
        self._host.warm(step.warm)
        found = suite.of_step(step.number, step.package, step.holds or ())
        if page:
            self._browser = self._browser or Browser(self._static)
        with tempfile.TemporaryDirectory(dir=TEMPORARY) as place:
            folder, pictures = Path(place, "submission"), Path(place, SCREENSHOTS)
            unfold(submission, folder)
            run = StepRun(
                Submission(folder, static=self._static),
                self._launcher,
                Options(pictures=pictures),
                browser=self._browser if page else None,
                vocabulary=found.vocabulary,
                begun=self._begun,
            )
            checks = (*found.server * server, *found.page * page)
            result = await run.run(step.number, step.title, checks, found.held * server)
        left_out = 0 if page else len(found.page)
        return replace(
            result,
            checks=tuple(_without(check, f"{place}/") for check in result.checks),
            held=tuple(_without(check, f"{place}/") for check in result.held),
            holds=step.holds or (),
            page_checks_not_run=left_out,
        )

    async def notebook(self, submission: Files, book: Book) -> StepResult:
        """The checks of a notebook, with the submission's functions in its exercises."""
        with tempfile.TemporaryDirectory() as place:
            unfold(submission, Path(place))
            answers = read_functions(Path(place, book.solutions.name))
        run = NotebookRun(book.filled(answers), self._launcher, NotebookOptions(SEED))
        return await run.run(suite.of_notebook(book.name))

    async def close(self) -> None:
        """End the host, and the browser where there is one."""
        await self._launcher.close()
        if self._browser:
            await self._browser.close()


@asynccontextmanager
async def grading(static: Path) -> AsyncIterator[Grading]:
    """A Grading with a host, and with a browser where one is needed; both end with the block."""
    one = Grading(static)
    try:
        yield one
    finally:
        await one.close()


def named(result: StepResult) -> set[str]:
    """The ids of the mistakes that the failed checks name."""
    every = (*result.checks, *result.held)
    failed = (check for check in every if check.verdict is Verdict.FAILED)
    mistakes = (check.explanation.mistake for check in failed if check.explanation)
    return {mistake.id for mistake in mistakes if mistake}


def _without(check: CheckResult, place: str) -> CheckResult:
    """The result as it would be in the folder of who grades: its paths do not tell of `place`."""
    if not (explanation := check.explanation):
        return check

    def of(text: str) -> str:
        return text.replace(place, "")

    mistake = explanation.mistake
    return replace(
        check,
        explanation=replace(
            explanation,
            rows=tuple(Row(*map(of, astuple(row))) for row in explanation.rows),
            printed=tuple(map(of, explanation.printed)),
            mistake=mistake and replace(mistake, text=of(mistake.text)),
            console=tuple(map(of, explanation.console)),
            screenshots=tuple(map(of, explanation.screenshots)),
        ),
    )
