"""Gradings of cases for the tests: each case once, and those of a group side by side.

A group runs in one process where pytest-xdist divides the tests, so that one grading serves all
tests of a case.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import cache

import pytest
from _pytest.mark import ParameterSet

from grader.dev.cases import shelf
from grader.dev.cases.case import Case
from grader.dev.cases.grading import Grading, grading
from grader.report.result import Report, StepResult
from grader.report.terminal import failures, render
from tests.support import ROOT, course, normal

GROUP = 16  # cases
AT_A_TIME = 2  # most of the time each waits for what does not come
PAGES_AT_A_TIME = 1


def servers() -> list[str]:
    """The names of all cases of a step whose page is not looked at."""
    return [name for name in _of_steps() if not read(name).head.page]


def pages() -> list[str]:
    """The names of all cases of a step's page."""
    return [name for name in _of_steps() if read(name).head.page]


def params(names: Sequence[str]) -> list[ParameterSet]:
    """Parameters `case` of a test, each marked with its group."""
    return [
        pytest.param(name, id=name, marks=pytest.mark.xdist_group(group_of(name))) for name in names
    ]


@cache
def group_of(name: str) -> str:
    """The group in which the case is graded. Those of pages share one browser."""
    return "browser" if read(name).head.page else f"cases {servers().index(name) // GROUP}"


@cache
def _of_steps() -> list[str]:
    return [name for name in shelf.names(ROOT) if name.startswith("step")]


@cache
def read(name: str) -> Case:
    return shelf.read(ROOT, name)


def report(case: Case, result: StepResult) -> str:
    """What the case keeps of the report."""
    if case.head.whole:
        return normal(render(Report("", (result,))))
    text = normal(failures(result))
    return text and f"{text}\n"


class Gradings:
    """What the grader says of cases. `asked`: all cases that the tests of this run will ask for."""

    def __init__(self, asked: Sequence[str]) -> None:
        self._asked = list(dict.fromkeys(asked))
        self._results: dict[str, StepResult] = {}
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._grading: Grading | None = None

    def of(self, name: str) -> StepResult:
        """The result of the case; those of its group that are asked for are graded with it."""
        if name not in self._results:
            like = [one for one in self._asked if group_of(one) == group_of(name)]
            self._runner.run(self._grade(like if name in like else [name]))
        return self._results[name]

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    async def _grade(self, names: Sequence[str]) -> None:
        if self._grading is None:
            self._grading = await self._stack.enter_async_context(grading(ROOT / "static"))
        room, pages = asyncio.Semaphore(AT_A_TIME), asyncio.Semaphore(PAGES_AT_A_TIME)

        async def graded(name: str) -> None:
            assert self._grading
            case = read(name)
            step = shelf.step_of(course(), case)
            submission = case.applied(shelf.solution_of(ROOT, case))
            async with pages if case.head.page else room:
                page = case.head.page
                # Its server is the solution's, which other tests judge.
                server = case.head.whole or not (page and case.of_scripts)
                self._results[name] = await self._grading.step(
                    submission, step, server=server, page=page
                )

        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(graded(name))
