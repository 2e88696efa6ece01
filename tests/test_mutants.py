"""The grader's own grade, on a fixed sample: it catches what it should, and names it rightly.

`make mutants` grades all of them.
"""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.checking import suite
from grader.checking.scene import Scene
from grader.checking.suite import Suite
from grader.course.course import INSTALLED, Step
from grader.dev.mutants import figures, making, reviewed, table
from grader.dev.mutants.journal import Journal
from grader.dev.mutants.making import Mutant
from grader.dev.mutants.running import graded
from tests.support import ROOT, course

SEED = 2026
# Of each step so many: 52 in all, of which one wrong name is not more than 2 %.
SIZES = {4: 8, 5: 8, 6: 8, 7: 8, 8: 4, 9: 4, 10: 4, 11: 4, 12: 4}
CAUGHT, RIGHTLY, WRONGLY = 0.96, 0.85, 0.02  # the goals
SLOW = ("handler-blocks", "asyncio-sleeps-by-chance")
# The checks that a weakness is planted in.
WEAK = ("only-the-asker-gets-the-list", "a-newcomer-gets-the-list")


def step_of(number: int) -> Step:
    (step,) = (step for step in course().steps if step.number == number)
    return step


def sample(step: Step, size: int) -> list[Mutant]:
    """Mutants of the field's own operators, which have a name that is right for them."""
    known = reviewed.read(ROOT, step.number)
    every = [
        one
        for one in making.of_step(step, course())
        if one.right and not (one.paired or one.carried or one.case.name in known)
        if one.operator not in SLOW
    ]
    return random.Random(SEED + step.number).sample(every, size)


def tally(step: Step, mutants: list[Mutant], place: Path) -> table.Tally:
    journal = Journal(place / f"{step.number}.jsonl")
    results = asyncio.run(graded(ROOT, step, mutants, 4, journal))
    return table.tally(mutants, results, {})


def test_a_sample_of_mutants_is_caught_and_named(tmp_path: Path) -> None:
    tallies = {
        f"step {number}": tally(step_of(number), sample(step_of(number), size), tmp_path)
        for number, size in SIZES.items()
    }
    every = table.together(tallies.values())
    named = every.rightly + len(every.wrongly) + len(every.unnamed)
    told = "\n".join([*table.lines(tallies), *every.missed, *every.wrongly, *every.unnamed])
    assert not every.unjudged, told
    assert every.rate >= CAUGHT, told
    assert every.rightly / named >= RIGHTLY, told
    assert len(every.wrongly) / named <= WRONGLY, told


def test_a_weakness_that_is_planted_in_a_check_shows_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = step_of(6)
    (mutant,) = (
        one
        for one in making.of_step(step, course())
        if one.case.name == "audience-to-dropped-get_online_users"
    )
    assert tally(step, [mutant], tmp_path / "whole").missed == []
    whole = suite.of_step

    async def expects_nothing(_: Scene) -> None:
        """what is left of a check that has lost its expectations"""

    def weakened(number: int, package: str = INSTALLED, holds: Iterable[int] = ()) -> Suite:
        found = whole(number, package, holds)
        server = [
            replace(check, play=expects_nothing) if check.id in WEAK else check
            for check in found.server
        ]
        assert tuple(server) != found.server
        return replace(found, server=tuple(server))

    monkeypatch.setattr(suite, "of_step", weakened)
    assert tally(step, [mutant], tmp_path / "weak").missed == [mutant.name]


def test_the_readme_says_what_was_measured() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert figures.sentence(ROOT) in readme
