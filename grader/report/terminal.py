"""The report that a student reads in the terminal: plain text, coloured only where asked.

Nothing that a submission sent or printed reaches the terminal as a character that it would obey.
"""

import dataclasses
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import click

from grader.report.result import (
    CheckResult,
    Explanation,
    Report,
    Row,
    StepResult,
    Verdict,
    overall,
    steps_text,
)
from grader.text import printable

WIDTH = 80
_NARROWEST = 20  # of a note below a row that is very wide
_MARKS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.NOT_JUDGED: "–"}
_COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.NOT_JUDGED: "yellow"}


def render(report: Report, *, colour: bool = False, verbose: bool = False) -> str:
    """The whole report; `verbose` adds every check's history."""
    parts = ["\n".join(_step(step, verbose)) for step in report.steps]
    text = "\n\n".join(parts) + "\n"
    return text if colour else click.unstyle(text)


def failures(step: StepResult) -> str:
    """Of the report the checks that failed alone, those of earlier steps last, in plain text."""
    blocks = [
        "\n".join(_check(check, verbose=False, worth=worth)).strip("\n")
        for checks, worth in ((step.checks, True), (step.held, False))
        for check in checks
        if check.verdict is Verdict.FAILED
    ]
    return click.unstyle("\n\n".join(blocks))


def _step(step: StepResult, verbose: bool) -> Iterator[str]:
    before = ""
    for line in _lines(step, verbose):
        if before or line:  # never two empty lines
            yield line
        before = line


def _lines(step: StepResult, verbose: bool) -> Iterator[str]:
    passed = sum(check.verdict is Verdict.PASSED for check in step.checks)
    points = sum(check.earned for check in step.checks)
    head = f"{step.kind} {step.number} · {step.title}"
    ran = sum(not check.not_run for check in step.checks)
    tally = f"{passed} of {ran} check" + ("" if ran == 1 else "s")
    yield _spread(click.style(head, bold=True), tally)
    yield ""
    yield from _checks(step.checks, verbose)
    yield ""
    yield from _held(step, verbose)
    for note in step.notes:
        yield from _wrapped(f"Note: {note}", 2)
    colour = _COLOURS[step.verdict]
    summary = f"{points} of {_points(step.possible)} in {step.seconds:.2f} s"
    held = overall(check.verdict for check in step.held)
    if points == step.possible and held is Verdict.FAILED:
        hold = "holds" if len(step.holds) == 1 else "hold"
        summary += f", but {steps_text(step.holds)} no longer {hold}"
    yield "  " + click.style(summary, fg=colour)
    if left_out := step.page_checks_not_run:
        were = "page check was" if left_out == 1 else "page checks were"
        yield f"  {left_out} {were} not run: add --page"


def _checks(checks: Sequence[CheckResult], verbose: bool, *, worth: bool = True) -> Iterator[str]:
    """The checks, one after another, with the reason after the last of those that share it.

    `worth`: they are worth points here.
    """
    lines: list[str] = []
    in_browser = False
    not_begun = _not_begun(checks)
    for check, following in zip_longest(checks, checks[1:]):
        if check.in_browser and not in_browser:
            lines += ["", "  in the browser", ""]
        in_browser = check.in_browser
        if exercise := _unwritten(check):
            lines += not_begun.pop(exercise, ())
            continue
        lines += _check(check, verbose, worth=worth)
        if check.reason and not (following and following.reason == check.reason):
            what = "not run" if check.not_run else "not judged"
            lines += _wrapped(f"{what}: {check.reason}", 6)
    yield from lines


def _held(step: StepResult, verbose: bool) -> Iterator[str]:
    """That the earlier steps still hold, in one line; what does not, in full."""
    if not step.held:
        return
    verdict = overall(check.verdict for check in step.held)
    passed = sum(check.verdict is Verdict.PASSED for check in step.held)
    steps = steps_text(step.holds)
    if verdict is Verdict.PASSED:
        text = f"{steps} still hold · {passed} checks"
        if len(step.holds) == 1:
            text = f"{steps} still holds · {passed} checks"
    else:
        text = f"{steps} must still hold · {passed} of {len(step.held)} checks"
    yield f"  {click.style(_MARKS[verdict], fg=_COLOURS[verdict])} {text}"
    shown = [one for one in step.held if verbose or one.verdict is not Verdict.PASSED]
    yield from _checks(shown, verbose, worth=False)
    yield ""


def _unwritten(check: CheckResult) -> str:
    """The exercise that a check met, where nobody has begun it."""
    return check.explanation.unwritten if check.explanation else ""


def _not_begun(checks: Sequence[CheckResult]) -> dict[str, list[str]]:
    """A line for each exercise that nobody has begun; a hint would tell too much too soon."""
    points = Counter[str]()
    for check in checks:
        if exercise := _unwritten(check):
            points[exercise] += check.points
    mark = click.style(_MARKS[Verdict.FAILED], fg=_COLOURS[Verdict.FAILED])
    return {
        name: [_spread(f"  {mark} {printable(name)} is not written yet", f"0 of {_points(count)}")]
        for name, count in points.items()
    }


def _check(check: CheckResult, verbose: bool, *, worth: bool) -> Iterator[str]:
    mark = click.style(_MARKS[check.verdict], fg=_COLOURS[check.verdict])
    line = f"  {mark} {check.title}"
    if check.verdict is Verdict.FAILED:
        yield ""
        points = f"0 of {_points(check.points)}" if worth else ""
        first, *more = _folded(check.title, WIDTH - 4 - len(points) - 3)
        yield _spread(f"  {mark} {first}", points).rstrip()
        yield from (f"    {rest}" for rest in more)
        if check.explanation:
            yield from _explanation(check.explanation, check.hint)
        yield ""
    else:
        yield line
    if verbose:
        for happening in check.history:
            args = ", ".join(map(_repr, happening.args))
            what = f"{happening.client:<10} {happening.kind:<10} {happening.event} {args}"
            yield f"      {happening.at:8.4f}  {printable(what)}".rstrip()


def _explanation(explanation: Explanation, hint: str) -> Iterator[str]:
    yield from _rows(explanation.rows)
    if explanation.printed:
        yield "      The server printed:"
        for line in explanation.printed:
            yield f"        {printable(line)}".rstrip()
    if explanation.console:
        yield "      The page's console says:"
        for line in explanation.console:
            yield from _wrapped(line, 8)
    for file in explanation.screenshots:
        yield f"      Screenshot: {printable(file)}"
    mistake = explanation.mistake
    yield from _wrapped(f"Looks like: {mistake.text}" if mistake else f"Hint: {hint}", 6)
    if where := (mistake and mistake.where) or explanation.place:
        yield f"          → {printable(where.file)}:{where.line}"
    if explanation.fault:
        fault = f"A fault of the grader's own, which changes no verdict: {explanation.fault}"
        yield from _wrapped(fault, 6)


def _rows(rows: tuple[Row, ...]) -> Iterator[str]:
    rows = tuple(Row(*map(printable, dataclasses.astuple(row))) for row in rows)
    who = max((len(row.who) for row in rows), default=0)
    does = max((len(row.does) for row in rows if row.who), default=0)
    for row in rows:
        event = f"{row.event}  {row.payload}".strip()
        line = f"      {row.who:<{who}} {row.does:<{does}}   {event}".rstrip()
        if not row.note:
            yield line
            continue
        note = f"← {row.note}"
        if len(line) + len(note) + 3 <= WIDTH:
            yield f"{line}   {click.style(note, fg='red')}"
        else:
            yield line
            indent = who + does + 12
            for part in _folded(note, max(WIDTH - indent, _NARROWEST)):
                yield " " * indent + click.style(part, fg="red")


def _wrapped(text: str, indent: int) -> Iterator[str]:
    """Paragraphs, each wrapped; what already has lines keeps them."""
    for i, paragraph in enumerate(text.splitlines()):
        first = " " * (indent + (2 if i else 0))
        yield from _folded(printable(paragraph), WIDTH, first, " " * (indent + 4))


def _folded(text: str, width: int, first: str = "", indent: str = "") -> list[str]:
    """Lines of the width, broken at single spaces alone: of more than one, none is lost."""
    lines = textwrap.wrap(
        re.sub("  +", lambda spaces: "\0" * len(spaces[0]), text),
        width,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\0", " ") for line in lines]


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except RecursionError:
        return f"(a {type(value).__name__} nested too deeply to show)"


def _spread(left: str, right: str) -> str:
    room = WIDTH - len(click.unstyle(left)) - len(right)
    return f"{left}{' ' * max(3, room)}{right}"


def _points(points: int) -> str:
    return f"{points} point" + ("" if points == 1 else "s")
