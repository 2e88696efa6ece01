"""A row of submissions, most of them hostile, is graded as each of them is alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attacks import ATTACKS, attacker
from tests.support import TESTS, Run, grader, unfolded

APART = ["network", "files", "processes"]
NEIGHBOURS: dict[str, Callable[[Path], Path]] = {
    "right": lambda _: TESTS / "right" / "one_file",
    "right, with a file": lambda _: TESTS / "right" / "users_in_a_file",
    "wrong, to its sender alone": lambda place: unfolded("step04/sender_only", place),
    "wrong, with an exception": lambda _: TESTS / "hostile" / "exception_in_handler",
    "wrong, since it ends": lambda _: TESTS / "hostile" / "exits_on_event",
    "wrong, since it does not start": lambda _: TESTS / "hostile" / "missing_module",
}


def graded(folder: Path) -> tuple[Run, Any]:
    run = grader("check", "4", "--path", str(folder), "--json")
    assert run.err == ""
    return run, json.loads(run.out)


def grade(document: Any) -> list[tuple[str, str, int]]:
    """What counts of a document: each check's verdict and points."""
    (step,) = document["steps"]
    return [(one["id"], one["verdict"], one["points"]["earned"]) for one in step["checks"]]


def test_in_a_row_of_thirty_each_has_the_grade_that_it_has_alone(tmp_path: Path) -> None:
    folders = {name: make(tmp_path / "class") for name, make in NEIGHBOURS.items()}
    alone = {}
    for name, folder in folders.items():
        _, document = graded(folder)
        if document["isolation"] != APART:
            pytest.skip("this machine keeps network, files and processes not apart")
        alone[name] = grade(document)
    assert len({tuple(one) for one in alone.values()}) > 3

    row: list[str] = []
    share = -(-len(ATTACKS) // len(NEIGHBOURS))
    for place, name in enumerate(NEIGHBOURS):
        row += [*list(ATTACKS)[place * share : (place + 1) * share], name]
    assert len(row) >= 30
    for place, name in enumerate(row):
        if name in NEIGHBOURS:
            _, document = graded(folders[name])
            assert grade(document) == alone[name], row[:place]
        else:
            run, document = graded(attacker(name, tmp_path / "class" / str(place)))
            assert run.code in (0, 1), (name, run.out)


# What does not keep a server from serving costs it nothing either.
USE_TOO_MUCH = {"forks without end", "eats memory", "starts nine hundred children"}
RIGHT_ALL_THE_SAME = set(ATTACKS) - USE_TOO_MUCH


@pytest.mark.parametrize("name", sorted(RIGHT_ALL_THE_SAME))
def test_who_tries_in_vain_is_graded_as_any_other(tmp_path: Path, name: str) -> None:
    _, right = graded(TESTS / "right" / "one_file")
    if right["isolation"] != APART:
        pytest.skip("this machine keeps network, files and processes not apart")
    _, tried = graded(attacker(name, tmp_path / "mine"))
    assert grade(tried) == grade(right)
