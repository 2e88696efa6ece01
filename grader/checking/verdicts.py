"""What becomes of a check once it was played: its result, alone and beside the others."""

from collections.abc import Sequence
from dataclasses import replace

from grader.checking.check import Check
from grader.history.conversation import Conversation, Entry
from grader.history.values import text_of
from grader.report.result import CheckResult, Explanation, Happening, Verdict

LARGEST_SHOWN = 20_000  # characters of one value in a result's history


def outcome(
    check: Check, explanation: Explanation | None, history: tuple[Happening, ...]
) -> CheckResult:
    """The result of a check that passed, or failed where there is an explanation."""
    return replace(
        _bare(check),
        verdict=Verdict.FAILED if explanation else Verdict.PASSED,
        explanation=explanation,
        history=history,
    )


def not_judged(check: Check, reason: str, *, fault: bool = False) -> CheckResult:
    """The result of a check that was not, or could not be, judged; `fault`: the grader's own."""
    return replace(_bare(check), reason=reason, graders_fault=fault)


def not_run(check: Check, reason: str) -> CheckResult:
    """The result of a check for which something is not installed here."""
    return replace(_bare(check), reason=reason, not_run=True)


def with_needs(checks: Sequence[Check], results: Sequence[CheckResult]) -> list[CheckResult]:
    """The results, a failed one not judged where a check that it needs has not passed.

    Nor is one that passed, where it says only what must not happen. An exercise that nobody has
    begun stays failed: that says it all.
    """
    by_check = dict(zip(checks, results, strict=True))
    for check in checks:
        unmet = [by_check[n] for n in check.needs if n in by_check]
        unmet = [result for result in unmet if result.verdict is not Verdict.PASSED]
        explanation = by_check[check].explanation
        hollow = check.of_absence and by_check[check].verdict is Verdict.PASSED
        if unmet and (hollow or (explanation and not explanation.unwritten)):
            by_check[check] = replace(
                not_judged(check, needing(unmet[0].title)),
                history=by_check[check].history,
                seconds=by_check[check].seconds,
            )
    return [by_check[check] for check in checks]


def needing(title: str) -> str:
    """Why a check is not judged where another one has not passed."""
    return f"it needs “{title}”"


def needs_first(checks: Sequence[Check]) -> list[Check]:
    """The checks in their order, each after those of them that it needs."""
    ordered: dict[Check, None] = {}

    def add(check: Check) -> None:
        for need in check.needs:
            if need in every and need not in ordered:
                add(need)
        ordered[check] = None

    every = set(checks)
    for check in checks:
        add(check)
    return list(ordered)


def happenings(conversation: Conversation) -> tuple[Happening, ...]:
    """The history as results have it."""
    return tuple(
        Happening(round(e.at, 4), e.kind.value, e.client, e.event, _bounded(e))
        for e in conversation.entries
    )


def _bare(check: Check) -> CheckResult:
    return CheckResult(
        check.id,
        check.title,
        Verdict.NOT_JUDGED,
        check.points,
        check.hint,
        in_browser=check.needs_browser,
    )


def _bounded(entry: Entry) -> tuple[object, ...]:
    def bounded(value: object) -> object:
        if isinstance(value, (str, list, dict, bytes)):
            text = text_of(value)
            if len(text) > LARGEST_SHOWN:
                return f"{text[:LARGEST_SHOWN]} … ({len(text):,} characters)"
        return value

    return tuple(bounded(value) for value in entry.args)
