"""Handlers: removed, nested, with other parameters, ending early, raising, blocking."""

import ast
import textwrap
from collections.abc import Iterator

from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.source import Change, Edit, Handler, Source

OPERATORS: list[Operator[Source, Change]] = []
_handler = operators("handler", OPERATORS)

# Of a handler that does nothing, these say what is not done.
_NOT_DONE = (
    "cookie-not-checked",
    "modal-never-removed",
    "name-not-kept",
    "room-not-entered",
    "room-not-left",
)


@_handler("no-handler", "no-disconnect-handler", "files-disagree", "exception", *_NOT_DONE)
def removed(source: Source) -> Iterator[Change]:
    """A handler is missing."""
    for handler in source.handlers:
        yield Change(handler.function, (source.removed(handler.function),))


@_handler("handlers-inside-connect", "handler-inside-another", "no-handler")
def nested(source: Source) -> Iterator[Change]:
    """A handler stands inside the one before it."""
    for outer, inner in zip(source.handlers, source.handlers[1:], strict=False):
        if source.following(outer.function) is inner.function:
            start, end = source.span(inner.function)
            first = source.text.rindex("\n", 0, start) + 1
            inside = textwrap.indent(source.text[first:end], "    ")
            yield Change(inner.function, (Edit(first, end, inside),))


@_handler("handler-parameters", "files-disagree")
def parameters_exchanged(source: Source) -> Iterator[Change]:
    """The first two parameters of a handler are exchanged."""
    for handler in source.handlers:
        arguments = handler.function.args.args
        if len(arguments) > 1:
            first, second = arguments[:2]
            edits = (source.replaced(first, second.arg), source.replaced(second, first.arg))
            yield Change(handler.function, edits)


@_handler("handler-parameters", "files-disagree", "exception")
def parameter_missing(source: Source) -> Iterator[Change]:
    """A handler has lost its last parameter."""
    for handler in source.handlers:
        arguments = handler.function.args.args
        if len(arguments) > 1:
            start = source.span(arguments[-2])[1]
            end = source.span(arguments[-1])[1]
            yield Change(handler.function, (Edit(start, end, ""),))


@_handler("handler-parameters", "files-disagree")
def parameter_added(source: Source) -> Iterator[Change]:
    """A handler wants one parameter more than comes."""
    for handler in source.handlers:
        if arguments := handler.function.args.args:
            text = f"{arguments[-1].arg}, more"
            yield Change(handler.function, (source.replaced(arguments[-1], text),))


@_handler("never-emitted", "no-handler", "no-disconnect-handler", "leaving-not-told", *_NOT_DONE)
def returns_at_once(source: Source) -> Iterator[Change]:
    """A handler returns before it has done anything."""
    yield from _begins(source, "return")


@_handler(
    "leaving-not-told",
    "never-emitted",
    "newcomer-gets-nothing",
    "not-answered-yet",
    "returns-nothing",
)
def returns_before_the_emit(source: Source) -> Iterator[Change]:
    """A handler returns before its emit."""
    for call in source.emits():
        yield Change(call, (source.before(source.statement(call), "return"),))


@_handler("exception")
def raises_at_once(source: Source) -> Iterator[Change]:
    """A handler raises an exception before it has done anything."""
    yield from _begins(source, 'raise ValueError("not yet")')


@_handler("exception")
def raises_at_its_end(source: Source) -> Iterator[Change]:
    """A handler raises an exception when it has done everything."""
    for handler in source.handlers:
        last = handler.function.body[-1]
        line = 'raise ValueError("no more")'
        yield Change(handler.function, (source.after(last, line),))


@_handler("blocks")
def blocks(source: Source) -> Iterator[Change]:
    """A handler blocks the whole server."""
    yield from _begins(source, "import time; time.sleep(60)")


@_handler("never-emitted", "first-only", "kept-from-before", "room-not-left")
def first_time_alone(source: Source) -> Iterator[Change]:
    """A handler does its work for the first event of a socket alone."""
    for handler in source.handlers:
        if _sid(handler) and handler.name not in ("connect", "disconnect"):
            seen = f"sio.seen_{handler.function.name}"
            lines = (
                f"{seen} = getattr(sio, 'seen_{handler.function.name}', set())",
                f"if sid in {seen}:",
                "    return",
                f"{seen}.add(sid)",
            )
            first = handler.function.body[0]
            yield Change(handler.function, (source.before(first, *lines),))


@_handler("never-emitted")
def emit_missing(source: Source) -> Iterator[Change]:
    """An emit is missing."""
    for call in source.emits():
        yield Change(call, (source.removed(source.statement(call)),))


@_handler("never-registered", "not-attached", "no-handler")
def not_registered(source: Source) -> Iterator[Change]:
    """The handlers, or the app, are never registered."""
    for call in source.calls("register", "attach"):
        if isinstance(source.statement(call), ast.Expr):
            yield Change(call, (source.removed(source.statement(call)),))


@_handler()
def print_missing(source: Source) -> Iterator[Change]:
    """A line is not printed."""
    for node in source.nodes(ast.Call):
        if source.code(node.func) == "print":
            yield Change(node, (source.removed(source.statement(node)),))


def _begins(source: Source, line: str) -> Iterator[Change]:
    for handler in source.handlers:
        first = handler.function.body[0]
        yield Change(handler.function, (source.before(first, line),))


def _sid(handler: Handler) -> bool:
    return "sid" in [argument.arg for argument in handler.function.args.args]
