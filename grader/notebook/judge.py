"""Runs a notebook's cells in a fresh kernel, then its checks outside of it, one after another."""

import random
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.checking.check import Check
from grader.checking.verdicts import not_judged, outcome, with_needs
from grader.history.values import cut
from grader.notebook.books import MEASURES, Book, Cell
from grader.notebook.execution import Kernel, KernelGoneError, Ran, start
from grader.notebook.exercise import Trial, WrongError
from grader.notebook.options import Options
from grader.notebook.smallest import smallest
from grader.report.result import CheckResult, Explanation, Row, StepResult, Verdict
from grader.servers.process import LaunchError
from grader.servers.protocol import Launcher
from grader.text import printable

LONGEST_CELL = 10.0  # seconds; what takes longer is tagged MEASURES, and not run here
MOST_FATAL = 3  # cells that may end the kernel; it is started again without them
MOST_RAISING = 4  # cells whose exceptions are told one by one


class BrokenError(Exception):
    """One cell after another ends the kernel; `row` says which was the last, and how."""

    def __init__(self, row: Row) -> None:
        self.row = row
        super().__init__(row)


class NotebookRun:
    """One run of a notebook and its checks. `progress` is called with every result as it comes."""

    def __init__(
        self,
        book: Book,
        launcher: Launcher,
        options: Options,
        progress: Callable[[CheckResult], None] = lambda _: None,
    ) -> None:
        self._book = book
        self._launcher = launcher
        self._options = options
        self._progress = progress
        self._cells = [cell for cell in book.cells if MEASURES not in cell.tags]
        self._left = options.seconds  # of those that the cells may take
        self._fatal: dict[Cell, str] = {}  # the cells that ended a kernel, and how
        self._ran: list[tuple[Cell, Ran]] = []  # in the kernel that there is
        self._kernel: Kernel | None = None

    async def run(self, checks: Sequence[Check]) -> StepResult:
        """All checks; where a call ends the kernel, those after it have a fresh one."""
        began = time.monotonic()
        notes: list[str] = []
        try:
            await self._begin()
            notes = self._notes()
            results = [await self._judge(check) for check in checks]
        except BrokenError as broken:
            first = outcome(checks[0], Explanation((broken.row,)), ())
            reason = "the notebook does not run to its end"
            results = [first, *(not_judged(check, reason) for check in checks[1:])]
        except (LaunchError, OSError) as error:
            reason = f"the grader could not start a kernel: {error}"
            results = [not_judged(check, reason, fault=True) for check in checks]
        finally:
            if self._kernel:
                await self._kernel.close()
        if any(result.verdict is Verdict.FAILED for result in results):
            notes.append(f"what the checks tried was drawn with --seed {self._options.seed}.")
        return StepResult(
            self._book.number,
            self._book.title,
            tuple(with_needs(checks, results)),
            tuple(notes),
            time.monotonic() - began,
            kind="notebook",
        )

    async def _begin(self) -> None:
        """Start a kernel and run the cells; again, without the cell at which it ends.

        Raises BrokenError and LaunchError.
        """
        while True:
            try:
                kernel = await start(self._launcher, self._book.file.parent, self._book.modules)
            except KernelGoneError as gone:
                raise LaunchError(f"it {gone}") from gone
            self._kernel = kernel
            self._ran = []
            if await self._run_cells(kernel):
                return

    async def _run_cells(self, kernel: Kernel) -> bool:
        """Run those that are not known to end it; whether it is still there. Raises BrokenError.

        Once the time is over, those are run alone that define what the checks call.
        """
        for cell in self._cells:
            seconds = min(LONGEST_CELL, self._left)
            if seconds <= 0 and cell.exercise:
                seconds = self._options.patience
            if seconds <= 0 or cell in self._fatal:
                continue
            try:
                ran = await kernel.run(cell.source, seconds, counts=True)
            except KernelGoneError as gone:
                if len(self._fatal) == MOST_FATAL:
                    row = Row("kernel", "runs", cell.name, note=str(gone))
                    raise BrokenError(row) from gone
                self._fatal[cell] = str(gone)
                return False
            self._left -= ran.seconds
            self._ran.append((cell, ran))
        return True

    async def _judge(self, check: Check) -> CheckResult:
        began = time.monotonic()
        try:
            await self._play(check)
            result = outcome(check, None, ())
        except WrongError as wrong:
            result = outcome(check, Explanation(wrong.rows, unwritten=wrong.unwritten), ())
        except BrokenError:
            reason = "a check before it ended the kernel, and the notebook does not run again"
            result = not_judged(check, reason)
        except (LaunchError, OSError) as error:
            reason = f"the grader could not start another kernel: {error}"
            result = not_judged(check, reason, fault=True)
        except Exception:
            trace = traceback.format_exc()
            result = not_judged(check, f"a fault of the grader's own:\n{trace}", fault=True)
        result = replace(result, seconds=time.monotonic() - began)
        self._progress(result)
        return result

    async def _play(self, check: Check) -> None:
        if self._kernel is None or self._kernel.gone:
            await self._begin()
        assert self._kernel
        cells, patience = [cell for cell, _ in self._ran], self._options.patience
        seed = f"{self._options.seed} {check.id}"  # the same, whatever is checked beside it
        draws = random.Random(seed)
        before = draws.getstate()
        trial = Trial(self._kernel, cells, draws, patience)
        try:
            await check.play(trial)
        except WrongError as wrong:
            if not wrong.answered or wrong.unwritten or draws.getstate() == before:
                raise
            found = await smallest(
                check.play, wrong, trial.calls, self._kernel, cells, seed, patience
            )
            raise found from None

    def _notes(self) -> list[str]:
        """What there is to say of the cells."""
        notes = [
            f"the kernel {text} at {cell.name}, which was left out then."
            for cell, text in self._fatal.items()
        ]
        raising = [(cell, *one.error) for cell, one in self._ran if one.error and not one.late]
        unwritten = [cell for cell, kind, _ in raising if kind == NotImplementedError.__name__]
        others = [one for one in raising if one[0] not in unwritten]
        for cell, kind, text in others[:MOST_RAISING]:
            what = cut(printable(f"{kind}: {text}" if text else kind))
            notes.append(f"{cell.name} raises {what}")
        if more := len(others[MOST_RAISING:]):
            notes.append(f"{more} more {'cells raise' if more > 1 else 'cell raises'} exceptions.")
        if unwritten:
            notes.append(f"{_named(unwritten)} met an exercise that is not written yet.")
        for cell, one in self._ran:
            if one.late:
                notes.append(f"{cell.name} was interrupted after {one.seconds:.2g} s.")
            if one.printed:
                what = f"{one.printed:,} characters, more than a browser can show"
                notes.append(f"{cell.name} prints {what}.")
        ran = {cell for cell, _ in self._ran} | self._fatal.keys()
        if left_out := [cell for cell in self._cells if cell not in ran]:
            why = f"as all cells together may take {self._options.seconds:g} s"
            notes.append(f"not run, {why}: {_named(left_out)}.")
        return notes


def _named(cells: Sequence[Cell]) -> str:
    *most, last = (cell.place for cell in cells)
    return f"cells {', '.join(most)} and {last}" if most else f"cell {last}"
