"""The names of events: misspelt, exchanged, missing, said twice."""

import ast
import json
from collections.abc import Callable, Iterator

from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.source import Change, Edit, Source

OPERATORS: list[Operator[Source, Change]] = []
_event = operators("event", OPERATORS)

_SPELT = ("misspelt-event", "another-event")


@_event(*_SPELT)
def misspelt_on_emit(source: Source) -> Iterator[Change]:
    """An emit misspells its event by one letter."""
    yield from _emitted(source, misspelt)


@_event(*_SPELT)
def misspelt_on_listen(source: Source) -> Iterator[Change]:
    """A handler listens to an event that is misspelt by one letter."""
    yield from _heard(source, misspelt)


@_event(*_SPELT)
def case_on_emit(source: Source) -> Iterator[Change]:
    """An emit writes its event with capitals."""
    yield from _emitted(source, str.title)


@_event(*_SPELT)
def case_on_listen(source: Source) -> Iterator[Change]:
    """A handler listens to an event with capitals."""
    yield from _heard(source, str.title)


@_event(*_SPELT)
def underscore_on_emit(source: Source) -> Iterator[Change]:
    """An emit writes its event with underscores for spaces."""
    yield from _emitted(source, underscored)


@_event(*_SPELT)
def underscore_on_listen(source: Source) -> Iterator[Change]:
    """A handler listens to an event with underscores for spaces."""
    yield from _heard(source, underscored)


@_event(*_SPELT, "never-emitted")
def exchanged_on_emit(source: Source) -> Iterator[Change]:
    """An emit names another event of the step."""
    names = sorted({str(value(call.args[0])) for call in source.emits()})
    for call in source.emits():
        own = names.index(str(value(call.args[0])))
        for other in sorted({names[own - 1], names[(own + 1) % len(names)]} - {names[own]}):
            yield Change(call, (source.replaced(call.args[0], json.dumps(other)),))


@_event(*_SPELT, "handler-overwritten", "no-handler", "handler-parameters", "wrong-event")
def exchanged_on_listen(source: Source) -> Iterator[Change]:
    """A handler listens to the event of another handler."""
    named = [handler for handler in source.handlers if handler.event]
    for handler in named:
        others = [one for one in named if one is not handler]
        if handler.event and others:
            after = [one for one in others if one.function.lineno > handler.function.lineno]
            name = json.dumps((after or others)[0].name)
            yield Change(handler.function, (source.replaced(handler.event, name),))


@_event("no-handler", "never-registered", "no-disconnect-handler")
def decorator_missing(source: Source) -> Iterator[Change]:
    """A handler has lost its decorator, and is never called."""
    for handler in source.handlers:
        start, _ = source.span(handler.decorator)
        text = source.text
        first = text.rindex("\n", 0, start) + 1
        last = text.index("\n", source.span(handler.decorator)[1]) + 1
        yield Change(handler.function, (Edit(first, last, ""),))


@_event(*_SPELT)
def decorator_by_function(source: Source) -> Iterator[Change]:
    """A handler is registered under the name of its function."""
    for handler in source.handlers:
        if handler.event and isinstance(handler.decorator, ast.Call):
            assert isinstance(handler.decorator.func, ast.Attribute)
            text = f"{source.code(handler.decorator.func.value)}.event"
            yield Change(handler.function, (source.replaced(handler.decorator, text),))


@_event("emitted-again", "handler-overwritten")
def listened_twice(source: Source) -> Iterator[Change]:
    """A handler is registered for the event after it too, which takes its place."""
    for handler, following in zip(source.handlers, source.handlers[1:], strict=False):
        if handler.event and following.event:
            text = f"{source.code(following.decorator)}\n"
            start, _ = source.span(handler.decorator)
            indent = source.indent(handler.function)
            edit = Edit(start, start, f"{text}{indent}@")
            yield Change(handler.function, (edit,))


def misspelt(name: str) -> str:
    """The name without the last letter of its first long word, or with one more."""
    words = name.split(" ")
    longest = max(words, key=len)
    words[words.index(longest)] = longest[:-2] + longest[-1] if len(longest) > 3 else longest + "s"
    return " ".join(words)


def underscored(name: str) -> str:
    return name.replace(" ", "_")


def value(node: ast.AST) -> object:
    """The value of a constant."""
    assert isinstance(node, ast.Constant)
    return node.value


def _emitted(source: Source, spelt: Callable[[str], str]) -> Iterator[Change]:
    for call in source.emits():
        name = str(value(call.args[0]))
        if spelt(name) != name:
            edit = source.replaced(call.args[0], json.dumps(spelt(name), ensure_ascii=False))
            yield Change(call, (edit,))


def _heard(source: Source, spelt: Callable[[str], str]) -> Iterator[Change]:
    for handler in source.handlers:
        if handler.event and spelt(handler.name) != handler.name:
            name = json.dumps(spelt(handler.name), ensure_ascii=False)
            yield Change(handler.function, (source.replaced(handler.event, name),))
