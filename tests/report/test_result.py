"""Results add up: verdicts, points and the exit code."""

from dataclasses import replace

import pytest

from grader.report.result import CheckResult, Report, StepResult, Verdict, overall

PASSED, FAILED, NOT_JUDGED = Verdict.PASSED, Verdict.FAILED, Verdict.NOT_JUDGED


def check(verdict: Verdict, *, graders_fault: bool = False) -> CheckResult:
    return CheckResult("a-check", "a check", verdict, 2, "a hint", graders_fault=graders_fault)


def report(*steps: tuple[CheckResult, ...]) -> Report:
    return Report("here", tuple(StepResult(i, "a step", one) for i, one in enumerate(steps)))


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], PASSED),
        ([PASSED, PASSED], PASSED),
        ([PASSED, FAILED], FAILED),
        ([PASSED, NOT_JUDGED], NOT_JUDGED),
        ([NOT_JUDGED, FAILED, PASSED], FAILED),
    ],
)
def test_the_whole_is_as_its_worst_part(parts: list[Verdict], whole: Verdict) -> None:
    assert overall(parts) is whole
    assert StepResult(4, "Join", tuple(map(check, parts))).verdict is whole
    assert report(*((check(part),) for part in parts)).verdict is whole


@pytest.mark.parametrize(("verdict", "points"), [(PASSED, 2), (FAILED, 0), (NOT_JUDGED, 0)])
def test_only_a_passed_check_earns_its_points(verdict: Verdict, points: int) -> None:
    assert check(verdict).earned == points


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([PASSED, PASSED], 0),
        ([PASSED, FAILED], 1),
        ([FAILED, NOT_JUDGED], 1),
        ([PASSED, NOT_JUDGED], 3),
    ],
)
def test_the_exit_code_tells_the_verdict(verdicts: list[Verdict], code: int) -> None:
    assert report(tuple(map(check, verdicts))).exit_code == code
    assert report(*((check(verdict),) for verdict in verdicts)).exit_code == code


def test_what_was_not_run_counts_for_nothing() -> None:
    not_run = replace(check(NOT_JUDGED), not_run=True)
    assert report((check(PASSED), not_run)).exit_code == 0
    assert report((check(FAILED), not_run)).exit_code == 1
    assert StepResult(4, "Join", (check(PASSED), not_run)).possible == 2
    assert report((not_run,)).exit_code == 3  # nothing was judged at all


def test_a_fault_of_the_graders_own_is_never_told_as_the_students() -> None:
    fault = check(NOT_JUDGED, graders_fault=True)
    assert report((check(FAILED), fault)).exit_code == 3
    assert report((check(FAILED),), (check(PASSED), fault)).exit_code == 3


def test_a_step_fails_where_a_check_of_an_earlier_one_does() -> None:
    step = StepResult(6, "", (check(Verdict.PASSED),), holds=(4,), held=(check(Verdict.FAILED),))
    assert step.verdict is Verdict.FAILED
    assert Report("", (step,)).exit_code == 1
