"""Every case fails with its report to the letter, and its mistake is named and no other one."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from grader.checking import suite
from grader.dev.cases import shelf
from grader.dev.cases.grading import named
from grader.report.result import StepResult, Verdict
from tests.gradings import Gradings, pages, params, read, report, servers
from tests.support import ROOT, course, grader, need_browser, normal, title_of, unfolded

EVERY = [*servers(), *pages()]
WHOLE = [name for name in EVERY if read(name).head.whole]
STEPS = [step.number for step in course().steps if suite.of_step(step.number).server]


def result_of(name: str, gradings: Gradings) -> StepResult:
    if read(name).head.page:
        need_browser()
    return gradings.of(name)


def steady(name: str, text: str) -> str:
    """Of a report what is the same in every run."""
    one = read(name)
    found = suite.of_step(shelf.step_of(course(), one).number)
    unsteady = {c.title for c in (*found.server, *found.page) if c.id in one.head.unsteady}
    return "\n\n".join(
        title_of(block) if title_of(block) in unsteady else block for block in text.split("\n\n")
    )


def titles(name: str) -> set[str]:
    """The titles of the checks that fail, from the case's report."""
    return {*map(title_of, read(name).report.split("\n\n"))} - {""}


@pytest.mark.parametrize("case", params([name for name in EVERY if name not in WHOLE]))
def test_a_case_fails_with_its_report(case: str, gradings: Gradings, *, rewrite: bool) -> None:
    one, result = read(case), result_of(case, gradings)
    assert result.verdict is Verdict.FAILED
    if "all" in one.head.unsteady:
        assert not one.report
        return
    told = report(one, result)
    if rewrite and steady(case, told) != steady(case, one.report):
        shelf.save(ROOT, replace(one, report=told))
        pytest.skip("its report is rewritten")
    assert steady(case, told) == steady(case, one.report)


@pytest.mark.parametrize("case", params(EVERY))
def test_what_is_named_is_what_was_done(case: str, gradings: Gradings) -> None:
    """No other name as well, and none where none is known: a wrong name is worse than none."""
    assert named(result_of(case, gradings)) == set(read(case).head.mistakes)


@pytest.mark.parametrize("case", params(WHOLE))
def test_the_whole_report_is_what_the_command_prints(
    case: str, tmp_path: Path, *, rewrite: bool
) -> None:
    one = read(case)
    if one.head.page:
        need_browser()
    folder = unfolded(case, tmp_path)
    option = ["--page"] if one.head.page else []
    number = str(shelf.step_of(course(), one).number)
    run = grader("check", number, "--path", str(folder), *option)
    assert (run.code, run.err) == (1, "")
    if rewrite and normal(run.out) != one.report:
        shelf.save(ROOT, replace(one, report=normal(run.out)))
        pytest.skip("its report is rewritten")
    assert normal(run.out) == one.report


@pytest.mark.parametrize("number", STEPS)
def test_every_step_has_one_whole_report(number: int) -> None:
    kept = [name for name in WHOLE if name.startswith(f"step{number:02}/")]
    assert len([name for name in kept if not read(name).head.page]) == 1


@pytest.mark.parametrize("number", STEPS)
def test_every_check_is_failed_by_some_case(number: int) -> None:
    """Read from the reports: a check that nothing fails is a defect."""
    upto = [name for name in EVERY if shelf.step_of(course(), read(name)).number <= number]
    found = set().union(*map(titles, upto))
    every = (*suite.of_step(number).server, *suite.of_step(number).page)
    assert [check.title for check in every if check.title not in found] == []


@pytest.mark.parametrize("name", EVERY)
def test_a_case_stands_in_its_file_as_it_would_be_written(name: str) -> None:
    from grader.dev.cases.text import write

    text = shelf.file_of(ROOT, name).read_text(encoding="utf-8")
    assert text == write(shelf.read(ROOT, name))


@pytest.mark.parametrize("name", [name for name in EVERY if read(name).head.unlike])
def test_a_like_symptom_with_another_cause_is_not_given_the_name(name: str) -> None:
    one = read(name)
    for other in one.head.unlike:
        nearby = read(other if "/" in other else f"{one.kind}/{other}")
        assert not one.head.mistakes or set(one.head.mistakes) - set(nearby.head.mistakes)


def test_every_mistake_has_a_case_that_it_must_not_be_confused_with() -> None:
    nearby: dict[str, set[str]] = defaultdict(set)
    for name in EVERY:
        for mistake in read(name).head.mistakes:
            nearby[mistake] |= set(read(name).head.unlike)
    assert [mistake for mistake, others in nearby.items() if not others] == []
