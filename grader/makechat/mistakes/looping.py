"""Mistakes of a loop around an emit: it ends too soon, or sends in parts what belongs together."""

import ast
from collections.abc import Iterator

from grader.explaining.evidence import Evidence
from grader.explaining.handlers import Emit
from grader.explaining.syntax import called
from grader.history.conversation import Payload
from grader.history.findings import Fault
from grader.report.result import Mistake, Where


def left_in_its_first_round(e: Evidence) -> Mistake | None:
    """Of several clients that were to hear an event one has, and then the loop was left."""
    for finding in e.of(Fault.MISSING):
        hearers = e.hearers(finding.event)
        for emit in e.source.emitting(finding.event) if len(hearers) == 1 else ():
            for loop in _loops_around(e, emit):
                if emit.addressed and isinstance(loop.body[-1], ast.Return | ast.Break):
                    (one,) = hearers
                    return Mistake(
                        "loop-left-too-soon",
                        f"only {one} hears it: the loop is left in its first round. Let it go on "
                        "to all of them.",
                        Where(emit.where.file, loop.body[-1].lineno),
                    )
    return None


def entry_by_entry(e: Evidence) -> Mistake | None:
    """What belongs into one payload is emitted in a loop, each entry by itself."""
    for finding in e.of(Fault.DIFFERENT, Fault.MISSING):
        expected, got = _entries(finding.expected), _entries(finding.got)
        if expected is None or (finding.got and got != 1) or expected == 1:
            continue
        if not finding.got and expected:
            continue  # only a list without an entry is never sent in that way
        for emit in e.source.emitting(finding.event):
            if any(_goes_into_the_payload(loop, emit) for loop in _loops_around(e, emit)):
                return Mistake(
                    "entry-by-entry",
                    "each entry is emitted by itself, in a loop; where there is none, nothing is. "
                    "Emit the whole list, once.",
                    emit.where,
                )
    return None


def _loops_around(e: Evidence, emit: Emit) -> Iterator[ast.For | ast.AsyncFor]:
    """The loops of Python around an emit, the outermost first."""
    tree = e.source.trees.get(emit.where.file)
    for loop in ast.walk(tree) if tree else ():
        if isinstance(loop, ast.For | ast.AsyncFor) and any(
            isinstance(one, ast.Call) and called(one) == "emit" and one.lineno == emit.where.line
            for statement in loop.body
            for one in ast.walk(statement)
        ):
            yield loop


def _goes_into_the_payload(loop: ast.For | ast.AsyncFor, emit: Emit) -> bool:
    """Whether what the loop goes over is what is sent, and not who is to hear it."""
    over = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
    payload = ast.parse(emit.arguments[0], mode="eval") if emit.arguments else None
    sent = {one.id for one in ast.walk(payload) if isinstance(one, ast.Name)} if payload else set()
    return bool(over & sent) and over <= sent


def _entries(payload: Payload | None) -> int | None:
    """How many entries a list has that is the payload, or the only value in it; None without."""
    value = payload[0] if payload else None
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return len(value) if isinstance(value, list) else None


RULES = (left_in_its_first_round, entry_by_entry)
