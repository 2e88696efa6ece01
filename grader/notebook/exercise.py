"""What a notebook's check is written with: calls of the student's functions, and what is expected.

A check is an async function of a Trial; its docstring is the line that a student reads:

    @exercise(points=1, hint="…")
    async def masking_twice_changes_nothing(trial: Trial) -> None:
        \"\"\"mask, done twice, gives the bytes back\"\"\"
        data, key = trial.random.randbytes(9), trial.random.randbytes(4)
        masked = await trial.call("mask", data, key)
        await trial.expect(data, "mask", masked, key)

They stand in the module `exercises.NAME` of the course's package.
"""

import json
import random
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from grader.checking.check import Check
from grader.history.values import cut
from grader.notebook.books import Cell
from grader.notebook.crossing import CELL, CrossingError, decode, encode
from grader.notebook.execution import KernelGoneError, Ran
from grader.report.result import Row
from grader.text import printable

DEADLINE = 10  # times the patience with one call: the longest that a check may take

_ANSWER = "await __import__('grader.notebook.answer', fromlist=['answer']).answer({!r}, {!r})"


class Runs(Protocol):
    """A kernel, as far as a check needs it."""

    async def run(self, source: str, seconds: float) -> Ran:
        """Run the code; after `seconds` it is interrupted. Raises KernelGoneError."""


class WrongError(Exception):
    """A check failed; `rows` are what its reader sees.

    answered: the function returned or raised, so that it may be asked again.
    unwritten: the exercise, where nobody has begun it.
    """

    def __init__(self, *rows: Row, answered: bool = True, unwritten: str = "") -> None:
        self.rows = rows
        self.answered = answered
        self.unwritten = unwritten
        super().__init__(*rows)


class Trial:
    """One check's `calls` of a student's functions; `random` draws what they are called with.

    Values are None, bool, int, float, str, bytes, and lists, tuples and dicts of these. They are
    compared type for type: True is not 1, and a tuple is no list.
    """

    def __init__(
        self, kernel: Runs, cells: Sequence[Cell], draws: random.Random, patience: float
    ) -> None:
        """`cells` are those that the kernel has run; `patience` with one call is in seconds."""
        self.random = draws
        self.calls = 0  # so far
        self._kernel = kernel
        self._cells = cells
        self._patience = patience
        self._left = DEADLINE * patience
        self._shown: tuple[Row, ...] = ()  # the last call, and what was expected of it
        self._got = ""

    async def call(self, name: str, *arguments: Any) -> Any:
        """What the function returns; where it is async, it is awaited. Raises WrongError."""
        return await self._value(None, name, arguments)

    async def expect(self, expected: Any, name: str, *arguments: Any) -> None:
        """The function returns what is expected. Raises WrongError."""
        written = encode(expected)
        should = text_of(decode(written))  # with its dicts in the order that those of `got` have
        value = await self._value(should, name, arguments)
        if encode(value) != written:
            self._shown = (self._shown[0], Row("expected", "", cut(should, self._got)))
            self._wrong(Row("got", "", cut(self._got, should)))

    async def expect_error(self, kind: type[Exception], name: str, *arguments: Any) -> None:
        """The function raises such an exception. Raises WrongError."""
        outcome = await self._outcome(f"{kind.__name__} is raised", name, arguments)
        if isinstance(outcome, _Returned):
            self._wrong(Row("got", "", cut(text_of(outcome.value))))
        if kind.__name__ not in outcome.kinds:
            self._raises(outcome, name)

    def wrong(self, note: str) -> NoReturn:
        """Fail the check for what the last call returned; `note` says what is wrong with that."""
        self._wrong(Row("got", "", cut(self._got), note=note))

    def _wrong(self, *rows: Row) -> NoReturn:
        raise WrongError(*self._shown, *rows)

    def _unanswered(self, who: str, note: str) -> NoReturn:
        raise WrongError(*self._shown, Row(who, "", note=note), answered=False)

    def _raises(self, raised: "_Raised", name: str) -> NoReturn:
        """Fail the check for an exception; an exercise that nobody has begun raises one, too."""
        begun = not any(cell.exercise == name and cell.is_stub for cell in self._cells)
        unwritten = raised.type == NotImplementedError.__name__ and not begun
        rows = self._rows(raised)
        raise WrongError(*self._shown, *rows, unwritten=name if unwritten else "")

    async def _value(self, expected: str | None, name: str, arguments: tuple[Any, ...]) -> Any:
        outcome = await self._outcome(expected, name, arguments)
        if isinstance(outcome, _Raised):
            self._raises(outcome, name)
        self._got = text_of(outcome.value)
        return outcome.value

    async def _outcome(
        self, expected: str | None, name: str, arguments: tuple[Any, ...]
    ) -> "_Returned | _Raised":
        """Call the function; `expected` is what a reader is told that it should come to."""
        self.calls += 1
        call = Row("call", "", cut(f"{name}({', '.join(map(text_of, arguments))})"))
        self._shown = (call, *([] if expected is None else [Row("expected", "", cut(expected))]))
        seconds = min(self._patience, self._left)
        if seconds <= 0:
            self._unanswered("check", f"was not over after {DEADLINE * self._patience:g} s")
        try:
            ran = await self._kernel.run(_ANSWER.format(name, encode(arguments)), seconds)
        except KernelGoneError as gone:
            self._unanswered("kernel", str(gone))
        self._left -= ran.seconds
        if ran.late:
            self._unanswered("got", f"nothing within {seconds:.2g} s")
        try:
            return _read(ran.answer)
        except CrossingError as error:
            self._wrong(Row("got", "", cut(printable(str(error)))))

    def _rows(self, raised: "_Raised") -> Sequence[Row]:
        """The exception, and the place in the notebook's cells where it was raised."""
        what = f"{raised.type}: {raised.text}" if raised.text else raised.type
        rows = [Row("raises", "", cut(printable(what)))]
        for place, line, function in reversed(raised.frames):
            number = place.removeprefix(CELL)
            if number != place and number.isdecimal() and 0 < int(number) <= len(self._cells):
                cell = self._cells[int(number) - 1]
                lines = cell.source.splitlines()
                # IPython counts from the first line that is not empty.
                at = line + next((i for i, text in enumerate(lines) if text.strip()), 0)
                text = lines[at - 1].strip() if 0 < at <= len(lines) else ""
                where = f"{cell.name}, line {at}, in {printable(function)}:"
                return [*rows, Row("in", "", where, cut(printable(text)))]
        return rows


def exercise(
    *, points: int, hint: str, needs: tuple[Check, ...] = ()
) -> Callable[[Callable[[Trial], Awaitable[None]]], Check]:
    """Make a Check of a function of a Trial; its arguments are those of `checking.check.check`."""

    def make(play: Callable[[Trial], Awaitable[None]]) -> Check:
        return Check(play, points, hint, needs)

    return make


def text_of(value: Any) -> str:
    """A value as Python writes it, on one line; no two different ones look alike."""
    text = repr(value)
    return printable(text) if unicodedata.is_normalized("NFC", text) else ascii(value)


@dataclass(frozen=True)
class _Returned:
    value: Any


@dataclass(frozen=True)
class _Raised:
    """An exception; `kinds` are its type and those above it, `frames` of place, line, function."""

    type: str
    kinds: frozenset[str]
    text: str
    frames: tuple[tuple[str, int, str], ...]


def _read(answer: str | None) -> _Returned | _Raised:
    """What came of a call, as the kernel says. Raises CrossingError, with what else it was."""
    try:
        match json.loads(answer or "null"):
            case {"value": str(text)}:
                return _Returned(decode(text))
            case {"raised": str(kind), "kinds": [*kinds], "text": str(text), "frames": [*frames]}:
                places = tuple((str(at), int(line), str(name)) for at, line, name in frames)
                return _Raised(kind, frozenset(map(str, kinds)), text, places)
            case {"strange": str(text)}:
                raise CrossingError(text)
    except CrossingError:
        raise
    except (ValueError, TypeError, RecursionError):
        pass
    raise CrossingError("no answer: something in the cells keeps IPython from giving it")
