"""A wrong answer is shown on an input that is as small as can be, and that was really tried."""

import asyncio
import importlib
import itertools
import json
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.notebook import smallest
from grader.notebook.crossing import decode, encode
from grader.notebook.execution import Ran
from grader.notebook.exercise import Trial, WrongError

_CALL = re.compile(r"await .*\.answer\((?P<name>'.*?'), (?P<arguments>.*)\)$")

Play = Callable[[Trial], Any]


class Here:
    """What answers as a kernel does: one function, called here; `calls` are counted."""

    def __init__(self, function: Callable[..., Any], seconds: float = 0.0) -> None:
        self._function = function
        self._seconds = seconds
        self.calls = 0

    async def run(self, source: str, seconds: float) -> Ran:
        self.calls += 1
        found = _CALL.fullmatch(source)
        assert found
        arguments = decode(eval(found["arguments"]))
        answer: dict[str, Any]
        try:
            answer = {"value": encode(self._function(*arguments))}
        except Exception as error:
            kind = type(error).__name__
            answer = {"raised": kind, "kinds": [kind], "text": str(error), "frames": []}
        return Ran(self._seconds, self._seconds > seconds, None, json.dumps(answer), 0)


def shown(play: Play, kernel: Here) -> tuple[str, ...]:
    """What is shown of the first failure, once a smaller one was looked for."""

    async def search() -> WrongError:
        trial = Trial(kernel, (), random.Random(1), 2.0)
        with pytest.raises(WrongError) as caught:
            await play(trial)
        first = caught.value
        return await smallest.smallest(play, first, trial.calls, kernel, (), "1", 2.0)

    return tuple(row.event or row.note for row in asyncio.run(search()).rows)


async def upper(trial: Trial) -> None:
    """The text in capitals, of ten that are drawn."""
    for _ in range(10):
        text = "".join(trial.random.choices("abcxyz ", k=trial.random.randrange(3, 12)))
        await trial.expect(text.upper(), "upper", text)


async def sums(trial: Trial) -> None:
    """The sum of whatever numbers are drawn."""
    for _ in range(10):
        numbers = [trial.random.randrange(100) for _ in range(trial.random.randrange(9))]
        await trial.expect(sum(numbers), "sum", numbers)


def test_the_input_is_as_small_as_can_be() -> None:
    def without_x(text: str) -> str:
        return text.upper().replace("X", "")

    assert shown(upper, Here(without_x)) == ("upper('aax')", "'AAX'", "'AA'")
    assert shown(sums, Here(max_or_nothing)) == ("sum([0, 1])", "1", "0")


def max_or_nothing(numbers: list[int]) -> int:
    return numbers[0] if numbers else 0


def test_it_stays_wrong_in_the_same_way() -> None:
    """Of a wrong answer to nothing at all, and an exception for a long list, the first is kept."""

    def function(numbers: list[int]) -> int:
        if len(numbers) > 3:
            raise ValueError("too many")
        return sum(numbers) if numbers else 1

    first = shown(sums, Here(function))
    assert first in {("sum([0, 0, 0, 0])", "0", "ValueError: too many"), ("sum([])", "0", "1")}


def test_a_function_that_answers_differently_each_time_is_shown_as_it_was() -> None:
    turns = itertools.cycle([True, True, False, True, False])
    kernel = Here(lambda text: text.upper() if next(turns) else "?")
    call, expected, got = shown(upper, kernel)
    assert eval(expected) == eval(call.removeprefix("upper")).upper()
    assert got == "'?'"


def test_it_ends_soon_however_the_function_is_wrong() -> None:
    kernel = Here(lambda text: text)
    shown(upper, kernel)
    assert kernel.calls <= smallest.MOST_CALLS + 10
    slow = Here(lambda text: text, seconds=1.0)
    shown(upper, slow)
    assert slow.calls <= 25


def test_a_seed_draws_the_same_whatever_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[list[int]] = []

    def first_of(numbers: list[int]) -> int:
        tried[-1] += numbers
        return -1

    async def firsts(trial: Trial) -> None:
        numbers = [trial.random.randrange(10**6) for _ in range(50)]
        await trial.expect(numbers[0], "first_of", numbers)

    for loaded in (False, True):
        if loaded:
            source = "".join(f"a{n} = {1000 * n + 7}\n" for n in range(1, 900))
            (tmp_path / "constants.py").write_text(source, encoding="utf-8")
            monkeypatch.syspath_prepend(tmp_path)
            monkeypatch.delitem(sys.modules, "constants", raising=False)
            importlib.import_module("constants")
        tried.append([])
        shown(firsts, Here(first_of))
    without, with_constants = tried
    assert without == with_constants
