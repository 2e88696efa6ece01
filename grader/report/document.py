"""The JSON document: everything that is known of a run. Its schema is `schema.json` beside this."""

import dataclasses
import json
from typing import Any

from grader.result import CheckResult, Report, StepResult

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """One JSON document."""
    return json.dumps(document(report), ensure_ascii=False, indent=2)


def document(report: Report) -> dict[str, Any]:
    """The document as JSON values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "submission": report.submission,
        "verdict": report.verdict.value,
        "steps": [_step(step) for step in report.steps],
    }


def _step(step: StepResult) -> dict[str, Any]:
    return {
        "step": step.number,
        "title": step.title,
        "verdict": step.verdict.value,
        "points": _points(step.checks),
        "notes": list(step.notes),
        "seconds": round(step.seconds, 4),
        "checks": [_check(check) for check in step.checks],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    explanation = check.explanation
    return {
        "id": check.id,
        "title": check.title,
        "verdict": check.verdict.value,
        "points": _points((check,)),
        "hint": check.hint,
        "reason": check.reason,
        "seconds": round(check.seconds, 4),
        "explanation": explanation
        and {
            "rows": [dataclasses.asdict(row) for row in explanation.rows],
            "printed": list(explanation.printed),
        },
        "mistake": explanation and explanation.mistake and dataclasses.asdict(explanation.mistake),
        "history": [dataclasses.asdict(happening) for happening in check.history],
    }


def _points(checks: tuple[CheckResult, ...]) -> dict[str, int]:
    earned = sum(check.earned for check in checks)
    return {"earned": earned, "possible": sum(check.points for check in checks)}
