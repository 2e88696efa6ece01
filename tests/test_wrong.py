"""Every wrong server fails, and its report is the golden text to the letter."""

import json
from pathlib import Path

import pytest

from grader.checking import suite
from tests.golden import FLUID, failed, golden, grade, steady, wrong
from tests.support import TESTS, grader, normal

WRONG = wrong()
STEPS = (1, 2, 3, 4, 5, 6, 7)


def name(folder: Path) -> str:
    return f"{folder.parent.name}-{folder.name}"


@pytest.mark.parametrize("folder", [f for f in WRONG if f.name not in FLUID], ids=name)
def test_a_wrong_server_fails_with_its_golden_report(folder: Path) -> None:
    run = grade(folder)
    assert (run.code, run.err) == (1, "")
    assert steady(folder, normal(run.out)) == steady(folder, golden(folder))


def test_a_server_that_listens_for_a_moment_fails_with_the_reason() -> None:
    run = grade(TESTS / "wrong" / "step01" / "not_serving")
    assert (run.code, run.err) == (1, "")
    assert "await server.serve_forever() goes on." in " ".join(run.out.split())
    assert "0 of 18 checks" in run.out


def test_there_are_at_least_forty_five() -> None:
    assert len(WRONG) >= 45


@pytest.mark.parametrize("number", STEPS)
def test_every_check_is_failed_by_some_wrong_server(number: int) -> None:
    """Read from the golden reports: a check that nothing fails is a defect."""
    reports = [golden(f) for f in WRONG if int(f.parent.name.removeprefix("step")) <= number]
    found = set().union(*map(failed, reports))
    assert [c.title for c in suite.of_step(number).server if c.title not in found] == []


@pytest.mark.parametrize("folder", WRONG, ids=name)
def test_a_wrong_server_says_what_is_wrong_with_it(folder: Path) -> None:
    text = (folder / "mistake.txt").read_text(encoding="utf-8").strip()
    assert text.endswith(".")
    assert "\n" not in text


def test_json_and_terminal_name_the_same_mistake() -> None:
    folder = str(TESTS / "wrong" / "step06" / "list_broadcast")
    document = json.loads(grader("check", "6", "--path", folder, "--json").out)
    mistakes = [c["mistake"]["id"] for c in document["steps"][0]["checks"] if c["mistake"]]
    assert mistakes == ["answered-to-all"]
