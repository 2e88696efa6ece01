"""Who hears it: an emit that reaches too many, too few, or others."""

import ast
from collections.abc import Iterator

from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.source import Change, Source, keyword

OPERATORS: list[Operator[Source, Change]] = []
_audience = operators("audience", OPERATORS)

_TO_ALL = (
    "answered-to-all",
    "heard-in-all-channels",
    "list-to-all",
    "message-to-all",
    "told-to-all",
)
_FEWER = ("only-the-sender", "emitted-to-nobody")


@_audience(*_TO_ALL, "told-to-others")
def to_dropped(source: Source) -> Iterator[Change]:
    """An emit has lost its to= or room=, and reaches everybody."""
    for call in source.emits():
        if to := keyword(call, "to", "room"):
            yield Change(call, (source.replaced(call, _without(source, call, to)),))


@_audience(*_FEWER)
def to_sender_alone(source: Source) -> Iterator[Change]:
    """An emit to everybody has to=sid, and reaches the sender alone."""
    yield from _with(source, "to", "sid")


@_audience("sender-left-out", "newcomer-left-out")
def sender_skipped(source: Source) -> Iterator[Change]:
    """An emit to everybody has skip_sid=sid, and leaves the sender out."""
    yield from _with(source, "skip_sid", "sid")


@_audience("emitted-to-nobody", "only-the-sender", "never-emitted")
def to_a_name(source: Source) -> Iterator[Change]:
    """An emit to everybody has a user's name as its room, in which nobody is."""
    for call in source.emits():
        function = source.function(call)
        names = [argument.arg for argument in function.args.args] if function else []
        if not keyword(call, "to", "room", "skip_sid") and "sid" in names and len(names) > 1:
            text = _given(source, call, f"to=str({names[1]})")
            yield Change(call, (source.replaced(call, text),))


@_audience("answered-to-others", *_FEWER)
def to_others(source: Source) -> Iterator[Change]:
    """An answer is sent to everybody except the socket that asked."""
    for call in source.emits():
        if (to := keyword(call, "to")) and source.code(to.value) == "sid":
            yield Change(call, (source.replaced(to, "skip_sid=sid"),))


@_audience("answered-to-room", "emitted-to-nobody", *_TO_ALL)
def to_a_room(source: Source) -> Iterator[Change]:
    """An answer is sent to a whole room."""
    for call in source.emits():
        if (to := keyword(call, "to")) and source.code(to.value) == "sid":
            yield Change(call, (source.replaced(to, 'room="General"'),))


@_audience("heard-in-all-channels", "histories-mixed", *_FEWER)
def to_one_room(source: Source) -> Iterator[Change]:
    """What is for one room is sent to General, whichever room it is for."""
    for call in source.emits():
        if (room := keyword(call, "room")) and not isinstance(room.value, ast.Constant):
            yield Change(call, (source.replaced(room.value, '"General"'),))


@_audience("only-the-sender", "only-the-newcomer-told")
def room_to_sender(source: Source) -> Iterator[Change]:
    """What is for a room is sent to the sender alone."""
    for call in source.emits():
        if room := keyword(call, "room"):
            yield Change(call, (source.replaced(room, "to=sid"),))


@_audience("sender-left-out", "only-the-sender", "newcomer-not-told")
def sender_skipped_in_room(source: Source) -> Iterator[Change]:
    """What is for a room is sent to all of it except the sender."""
    for call in source.emits():
        if room := keyword(call, "room"):
            text = f"{source.code(room)}, skip_sid=sid"
            yield Change(call, (source.replaced(room, text),))


@_audience("emitted-again")
def emitted_twice(source: Source) -> Iterator[Change]:
    """An emit stands there twice."""
    for call in source.emits():
        statement = source.statement(call)
        yield Change(call, (source.after(statement, source.code(statement)),))


def _with(source: Source, name: str, value: str) -> Iterator[Change]:
    """Emits to everybody, in functions that know the sender, with one argument more."""
    for call in source.emits():
        function = source.function(call)
        knows = function and value in [argument.arg for argument in function.args.args]
        if knows and not keyword(call, "to", "room", "skip_sid"):
            text = _given(source, call, f"{name}={value}")
            yield Change(call, (source.replaced(call, text),))


def _given(source: Source, call: ast.Call, argument: str) -> str:
    """The call with one argument more."""
    every = [*map(source.code, call.args), *map(source.code, call.keywords), argument]
    return f"{source.code(call.func)}({', '.join(every)})"


def _without(source: Source, call: ast.Call, left_out: ast.keyword) -> str:
    """The call without one of its arguments."""
    kept = [*call.args, *(one for one in call.keywords if one is not left_out)]
    return f"{source.code(call.func)}({', '.join(map(source.code, kept))})"
