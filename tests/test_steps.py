"""The course's own files: a starter is the solution before it, and comments."""

import ast
from pathlib import Path

import pytest

from grader.checks import of_step
from tests.support import ROOT

CONTINUED = ((4, 5), (5, 6))  # a solution, and the starter that continues it


def folder(kind: str, number: int) -> Path:
    (found,) = ROOT.glob(f"{kind}/step{number:02}_*")
    return found


@pytest.mark.parametrize(("before", "number"), CONTINUED)
def test_a_starter_is_the_solution_before_it_and_comments(before: int, number: int) -> None:
    solution, starter = folder("solutions", before), folder("steps", number)
    files = sorted(file.name for file in solution.glob("*.py"))
    assert sorted(file.name for file in starter.glob("*.py")) == files
    for name in files:
        trees = [ast.dump(ast.parse((f / name).read_bytes())) for f in (solution, starter)]
        assert trees[0] == trees[1], name


@pytest.mark.parametrize("number", (4, 5, 6))
def test_a_starter_says_what_is_to_do(number: int) -> None:
    texts = [file.read_text(encoding="utf-8") for file in folder("steps", number).glob("*.py")]
    assert any("# TODO 1" in text for text in texts)


@pytest.mark.parametrize("number", (4, 5, 6))
def test_every_check_has_a_title_of_one_line_a_hint_and_points(number: int) -> None:
    for check in of_step(number):
        assert 10 < len(check.title) <= 62, check.title
        assert check.hint.endswith((".", "?"))
        assert check.points > 0


@pytest.mark.parametrize("number", (4, 5, 6))
def test_what_a_check_needs_comes_before_it(number: int) -> None:
    checks = of_step(number)
    for i, check in enumerate(checks):
        assert set(check.needs) <= set(checks[:i]), check.id
    assert len({check.id for check in checks}) == len(checks)


@pytest.mark.parametrize("number", (4, 5, 6))
def test_a_solution_holds_finished_code_and_nothing_else(number: int) -> None:
    for file in folder("solutions", number).iterdir():
        assert file.suffix == ".py", file
        assert "TODO" not in file.read_text(encoding="utf-8")
