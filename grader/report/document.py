"""The JSON document: everything that is known of a run. Its schema is `schema.json` beside this."""

import dataclasses
import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from grader.report.result import CheckResult, ExitCode, Happening, Report, StepResult, Verdict

SCHEMA_VERSION = 2
# The characters DEL and C1, those that change the direction of writing, and halves of pairs.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
DEEPEST = 100  # levels of a value in a history; what is nested deeper is left out


def render(report: Report) -> str:
    """The document of a run as text."""
    return dumped(document(report))


def dumped(values: dict[str, Any]) -> str:
    """A document as text.

    What a terminal would obey is an escape, and so is half of a character, which UTF-8 cannot
    carry.
    """
    text = json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False)
    return _ESCAPED.sub(lambda one: f"\\u{ord(one[0]):04x}", text)


def document(report: Report) -> dict[str, Any]:
    """The document as JSON values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "grader": version("make-chat"),
        "exit_code": int(report.exit_code),
        "refused": None,
        "submission": report.submission,
        "submission_hash": report.submission_hash,
        "verdict": report.verdict.value,
        "totals": _totals([check for step in report.steps for check in step.checks]),
        "isolation": list(report.isolation),
        "steps": [_step(step) for step in report.steps],
    }


def refusal(submission: str, reason: str, code: ExitCode) -> dict[str, Any]:
    """The document of a run that did not begin, and why."""
    nothing = document(Report(submission, ()))
    return {
        **nothing,
        "exit_code": int(code),
        "refused": reason,
        "verdict": Verdict.NOT_JUDGED.value,
    }


def _totals(checks: Sequence[CheckResult]) -> dict[str, Any]:
    verdicts = Counter(check.verdict for check in checks if not check.not_run)
    return {
        "points": _points(checks),
        "passed": verdicts[Verdict.PASSED],
        "failed": verdicts[Verdict.FAILED],
        "not_judged": verdicts[Verdict.NOT_JUDGED],
        "not_run": sum(check.not_run for check in checks),
    }


def _step(step: StepResult) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "step": step.number,
        "title": step.title,
        "verdict": step.verdict.value,
        "points": _points(step.checks),
        "notes": list(step.notes),
        "seconds": round(step.seconds, 4),
        "page_checks_not_run": step.page_checks_not_run,
        "checks": [_check(check) for check in step.checks],
        "holds": list(step.holds),
        "held": [_check(check) for check in step.held],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    explanation = check.explanation
    return {
        "id": check.id,
        "title": check.title,
        "in_browser": check.in_browser,
        "verdict": check.verdict.value,
        "points": _points((check,)),
        "hint": check.hint,
        "reason": check.reason,
        "graders_fault": check.graders_fault,
        "not_run": check.not_run,
        "seconds": round(check.seconds, 4),
        "explanation": explanation
        and {
            "rows": [dataclasses.asdict(row) for row in explanation.rows],
            "printed": list(explanation.printed),
            "console": list(explanation.console),
            "screenshots": list(explanation.screenshots),
            "place": explanation.place and dataclasses.asdict(explanation.place),
            "unwritten": explanation.unwritten,
            "fault": explanation.fault,
        },
        "mistake": explanation and explanation.mistake and dataclasses.asdict(explanation.mistake),
        "history": [_happening(happening) for happening in check.history],
    }


def _happening(happening: Happening) -> dict[str, Any]:
    return {
        "at": happening.at,
        "kind": happening.kind,
        "client": happening.client,
        "event": happening.event,
        "args": [_value(value, DEEPEST) for value in happening.args],
    }


def _value(value: Any, levels: int) -> Any:
    """A value as JSON; what JSON has not (bytes, NaN), as Python writes it."""
    if isinstance(value, (list, tuple)):
        return [_value(one, levels - 1) for one in value] if levels else "…"
    if isinstance(value, dict):
        return {str(key): _value(one, levels - 1) for key, one in value.items()} if levels else "…"
    if value is None or isinstance(value, (str, int)):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else repr(value)


def _points(checks: Sequence[CheckResult]) -> dict[str, int]:
    earned = sum(check.earned for check in checks)
    possible = sum(check.points for check in checks if not check.not_run)
    return {"earned": earned, "possible": possible}
