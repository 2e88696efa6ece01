"""The report that a student reads in the terminal: plain text, coloured only where asked."""

import textwrap
from collections.abc import Iterator

import click

from grader.result import CheckResult, Explanation, Report, Row, StepResult, Verdict

WIDTH = 80
_MARKS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.NOT_JUDGED: "–"}
_COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.NOT_JUDGED: "yellow"}


def render(report: Report, *, colour: bool = False, verbose: bool = False) -> str:
    """The whole report; `verbose` adds every check's history."""
    parts = ["\n".join(_step(step, verbose)) for step in report.steps]
    text = "\n\n".join(parts) + "\n"
    return text if colour else click.unstyle(text)


def _step(step: StepResult, verbose: bool) -> Iterator[str]:
    passed = sum(check.verdict is Verdict.PASSED for check in step.checks)
    points = sum(check.earned for check in step.checks)
    possible = sum(check.points for check in step.checks)
    head = f"step {step.number} · {step.title}"
    tally = f"{passed} of {len(step.checks)} checks"
    yield _spread(click.style(head, bold=True), tally)
    yield ""
    lines: list[str] = []
    for check, following in zip(step.checks, (*step.checks[1:], None), strict=True):
        lines += _check(check, verbose)
        if check.reason and not (following and following.reason == check.reason):
            lines += _wrapped(f"not judged: {check.reason}", 6)
    for before, line in zip(["", *lines], lines, strict=False):
        if before or line:  # never two empty lines
            yield line
    yield ""
    for note in step.notes:
        yield from _wrapped(f"Note: {note}", 2)
    colour = _COLOURS[step.verdict]
    summary = f"{points} of {possible} points in {step.seconds:.2f} s"
    yield "  " + click.style(summary, fg=colour)


def _check(check: CheckResult, verbose: bool) -> Iterator[str]:
    mark = click.style(_MARKS[check.verdict], fg=_COLOURS[check.verdict])
    line = f"  {mark} {check.title}"
    if check.verdict is Verdict.FAILED:
        yield ""
        yield _spread(line, f"0 of {_points(check.points)}")
        if check.explanation:
            yield from _explanation(check.explanation, check.hint)
        yield ""
    else:
        yield line
    if verbose:
        for happening in check.history:
            args = ", ".join(map(repr, happening.args))
            what = f"{happening.client:<10} {happening.kind:<10} {happening.event} {args}"
            yield f"      {happening.at:8.4f}  {what}".rstrip()


def _explanation(explanation: Explanation, hint: str) -> Iterator[str]:
    yield from _rows(explanation.rows)
    if explanation.printed:
        yield "      The server printed:"
        for line in explanation.printed:
            yield f"        {line}".rstrip()
    if mistake := explanation.mistake:
        where = f"  {mistake.where.file}:{mistake.where.line}" if mistake.where else ""
        yield from _wrapped(f"Looks like: {mistake.text}", 6)
        if where:
            yield f"          → {where.strip()}"
    else:
        yield from _wrapped(f"Hint: {hint}", 6)


def _rows(rows: tuple[Row, ...]) -> Iterator[str]:
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
            for part in textwrap.wrap(note, WIDTH - who - does - 12, break_long_words=False):
                yield " " * (who + does + 12) + click.style(part, fg="red")


def _wrapped(text: str, indent: int) -> Iterator[str]:
    """Paragraphs, each wrapped; what already has lines keeps them."""
    for i, paragraph in enumerate(text.splitlines()):
        yield from textwrap.wrap(
            paragraph,
            WIDTH,
            initial_indent=" " * (indent + (2 if i else 0)),
            subsequent_indent=" " * (indent + 4),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _spread(left: str, right: str) -> str:
    room = WIDTH - len(click.unstyle(left)) - len(right)
    return f"{left}{' ' * max(3, room)}{right}"


def _points(points: int) -> str:
    return f"{points} point" + ("" if points == 1 else "s")
