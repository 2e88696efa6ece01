"""Mistakes with coroutines: made and never run, or used before they are awaited."""

import ast
import re

from grader.explaining.evidence import Evidence
from grader.explaining.tracebacks import warnings
from grader.report.result import Mistake, Where

_COROUTINE = re.compile(r"'coroutine'|coroutine object|type coroutine")
_CALLED = re.compile(r"start_background_task\((?P<name>[\w.]+)\(")
_NEVER_AWAITED = re.compile(r"coroutine '[\w.<>]*?(\w+)' was never awaited")


def missing_await(e: Evidence) -> Mistake | None:
    """A coroutine of the server was made and never run."""
    if any(_COROUTINE.search(trace.text) for trace in e.traces if trace.frames):
        return None  # it is used before it is awaited, and a traceback says where
    own = {text: where for _, text, where in warnings(e.printed, e.source.folder)}
    for line in e.printed:
        if match := _NEVER_AWAITED.search(line):
            # Python tells of it where it lets go of the coroutine, which may be anywhere.
            places = e.source.unawaited(match[1])
            if places and _all_emit_something_else(e, places):
                continue
            where = places[0] if len(places) == 1 else own.get(match[0])
            plain = _plain_function(e, where) if where else ""
            return Mistake(
                "missing-await",
                f"{match[1]}(...) without await makes a coroutine and does nothing with it: "
                f"write await in front of it{f', and async before def {plain}' if plain else ''}.",
                where,
            )
    return None


def _all_emit_something_else(e: Evidence, places: list[Where]) -> bool:
    """Whether these are calls of emit, of which none is of an event that failed."""
    failed = {finding.event for finding in e.findings}
    events = {emit.where: emit.event for emit in e.source.emits}
    return all(place in events and events[place] not in failed for place in places)


def _plain_function(e: Evidence, where: Where) -> str:
    """The function in which a line stands, where there can be no await in it; "" elsewhere."""
    tree = e.source.trees.get(where.file)
    around = [
        node
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.lineno <= where.line <= (node.end_lineno or node.lineno)
    ]
    inner = max(around, key=lambda node: node.lineno, default=None)
    return inner.name if isinstance(inner, ast.FunctionDef) else ""


def used_before_await(e: Evidence) -> Mistake | None:
    """What a call gives is used, and it is a coroutine that nobody has awaited."""
    for trace in e.traces:
        if trace.frames and _COROUTINE.search(trace.text):
            if task := _CALLED.search(trace.frames[-1].code):
                return Mistake(
                    "called-in-place",
                    "start_background_task calls the function itself: hand it "
                    f"{task['name']}, without parentheses.",
                    trace.frames[-1].where,
                )
            called = {match[1] for line in e.printed if (match := _NEVER_AWAITED.search(line))}
            places = [place for name in called for place in e.source.unawaited(name)]
            call = f"{called.pop()}(...)" if len(called) == 1 else "the call that made it"
            return Mistake(
                "missing-await",
                f"this is a coroutine and no value yet: write await in front of {call}.",
                places[0] if len(places) == 1 else trace.frames[-1].where,
            )
    return None
