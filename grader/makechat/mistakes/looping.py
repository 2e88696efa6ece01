"""Mistakes of a loop around an emit: it ends too soon, or sends in parts what belongs together."""

import ast
from collections.abc import Iterable, Iterator

from grader.explaining.evidence import Evidence
from grader.explaining.handlers import Emit
from grader.explaining.syntax import called
from grader.history.conversation import Payload
from grader.history.findings import Fault
from grader.report.result import Mistake, Where

_Loop = ast.For | ast.AsyncFor


def left_in_its_first_round(e: Evidence) -> Mistake | None:
    """Of several clients that were to hear an event one has, and then the loop was left."""
    for finding in e.of(Fault.MISSING):
        hearers = e.hearers(finding.event)
        for emit in e.source.emitting(finding.event) if len(hearers) == 1 else ():
            for loop, _ in _in_loops(e, emit):
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
            if any(_sends_what_it_goes_over(loop, call) for loop, call in _in_loops(e, emit)):
                return Mistake(
                    "entry-by-entry",
                    "each entry is emitted by itself, in a loop; where there is none, nothing is. "
                    "Emit the whole list, once.",
                    emit.where,
                )
    return None


def _in_loops(e: Evidence, emit: Emit) -> Iterator[tuple[_Loop, ast.Call]]:
    """The loops of Python around an emit, the outermost first, each with the call."""
    for file, node, around in e.source.nodes:
        if not isinstance(node, ast.Call) or called(node) != "emit":
            continue
        if Where(file, node.lineno) == emit.where:
            yield from ((one, node) for one in around if isinstance(one, _Loop))


def _sends_what_it_goes_over(loop: _Loop, call: ast.Call) -> bool:
    """Whether what the loop goes over is what is sent, and not who is to hear it."""
    over = _names([loop.target])
    return bool(over) and over <= _names(call.args[1:2])


def _names(expressions: Iterable[ast.expr]) -> set[str]:
    return {one.id for whole in expressions for one in ast.walk(whole) if isinstance(one, ast.Name)}


def _entries(payload: Payload | None) -> int | None:
    """How many entries a list has that is the payload, or the only value in it; None without."""
    value = payload[0] if payload else None
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return len(value) if isinstance(value, list) else None


RULES = (left_in_its_first_round, entry_by_entry)
