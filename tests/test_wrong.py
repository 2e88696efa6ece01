"""Every wrong server fails, and its report is the golden text to the letter."""

import json
from collections import Counter

import pytest

from grader import checks
from tests.support import ROOT, TESTS, grader, normal

WRONG = sorted(folder for folder in (TESTS / "wrong").glob("step*/*") if folder.is_dir())
STEPS = (4, 5, 6)


@pytest.mark.parametrize("folder", WRONG, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_a_wrong_server_fails_with_its_golden_report(folder: object) -> None:
    path = ROOT / str(folder)
    run = grader("check", path.parent.name, "--path", str(path))
    assert normal(run.out) == (path / "report.txt").read_text(encoding="utf-8")
    assert run.err == ""
    assert run.code == 1


def test_there_are_at_least_forty_five() -> None:
    assert len(WRONG) >= 45


@pytest.mark.parametrize("number", STEPS)
def test_every_check_is_failed_by_some_wrong_server(number: int) -> None:
    """Read from the golden reports: a check that nothing fails is a defect."""
    reports = [
        (folder / "report.txt").read_text(encoding="utf-8")
        for folder in WRONG
        if int(folder.parent.name.removeprefix("step")) <= number
    ]
    failed = Counter(
        line.strip("✗ ").rpartition("   ")[0].strip()
        for report in reports
        for line in report.splitlines()
        if line.startswith("  ✗ ")
    )
    assert [c.title for c in checks.of_step(number) if not failed[c.title]] == []


@pytest.mark.parametrize("folder", WRONG, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_a_wrong_server_says_what_is_wrong_with_it(folder: object) -> None:
    text = (ROOT / str(folder) / "mistake.txt").read_text(encoding="utf-8").strip()
    assert text.endswith(".")
    assert "\n" not in text


def test_json_and_terminal_name_the_same_mistake() -> None:
    folder = str(TESTS / "wrong" / "step06" / "list_broadcast")
    document = json.loads(grader("check", "6", "--path", folder, "--json").out)
    mistakes = [c["mistake"]["id"] for c in document["steps"][0]["checks"] if c["mistake"]]
    assert mistakes == ["answered-to-all"]
