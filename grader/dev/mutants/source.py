"""A file of Python as mutants change it: its syntax tree, and where each node stands."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, TypeGuard, TypeVar

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

Node = TypeVar("Node", bound=ast.AST)

_NAMES = frozenset(("on", "event"))  # of python-socketio's decorators


@dataclass(frozen=True)
class Edit:
    """What stands in the text from `start` to `end`, counted in characters, becomes `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Change:
    """Edits that make one mutant, and the node at which it is made."""

    node: ast.AST
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Handler:
    """A function that handles an event of Socket.IO. `name` is the event's, as it is written."""

    function: Function
    decorator: ast.expr
    event: ast.Constant | None

    @property
    def name(self) -> str:
        return str(self.event.value) if self.event else self.function.name


class Source:
    """The text of one file. Raises SyntaxError where it is no Python."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._above = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }
        self._order = {node: i for i, node in enumerate(self._in_order(self.tree))}

    def nodes(self, kind: type[Node]) -> Iterator[Node]:
        """All nodes of this kind, in the order of the text."""
        return (node for node in self._order if isinstance(node, kind))

    @property
    def functions(self) -> list[Function]:
        """All functions, in the order of the text."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in self._order if isinstance(node, kinds)]

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """All calls of methods with one of these names, as `emit` in `sio.emit(...)`."""
        for node in self.nodes(ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in names:
                yield node

    def emits(self) -> Iterator[ast.Call]:
        """All calls of emit that name an event."""
        return (call for call in self.calls("emit") if call.args and is_text(call.args[0]))

    @cached_property
    def handlers(self) -> tuple[Handler, ...]:
        """The handlers of events, in the order of the text."""
        return tuple(handler for function in self.functions for handler in _handlers(function))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where the node begins and ends; a function with its decorators."""
        line, column = _first(node)
        return self._at(line, column), self._at(_end(node).end_lineno, _end(node).end_col_offset)

    def code(self, node: ast.AST) -> str:
        """The text of the node."""
        start, end = self.span(node)
        return self.text[start:end]

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around this one, the nearest first."""
        while node in self._above:
            node = self._above[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt:
        """The node itself where it is a statement, or the nearest one around it."""
        return next(one for one in (node, *self.above(node)) if isinstance(one, ast.stmt))

    def unit(self, node: ast.AST) -> ast.AST:
        """The statement of the file's own that the node belongs to: a whole function, a class, …"""
        inside = [node, *self.above(node)]
        return inside[-2] if len(inside) > 1 else node

    def function(self, node: ast.AST) -> Function | None:
        """The nearest function around the node."""
        return next(
            (
                one
                for one in self.above(node)
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
            ),
            None,
        )

    def scope(self, node: ast.AST) -> str:
        """The name of the nearest function around the node, or its own; "module" outside."""
        inside = (node, *self.above(node))
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return next((one.name for one in inside if isinstance(one, kinds)), "module")

    def replaced(self, node: ast.AST, text: str) -> Edit:
        """Something else in the node's place."""
        return Edit(*self.span(node), text)

    def removed(self, statement: ast.stmt) -> Edit:
        """The statement's lines taken out; `pass` where nothing else would be left."""
        start, end = self._whole_lines(statement)
        around = self._block(statement)
        if len(around) == 1:
            return Edit(start, end, f"{self.indent(statement)}pass\n")
        return Edit(start, end, "")

    def before(self, statement: ast.stmt, *lines: str) -> Edit:
        """Lines that stand before the statement, as far in as it is."""
        start, _ = self._whole_lines(statement)
        return Edit(start, start, "".join(f"{self.indent(statement)}{line}\n" for line in lines))

    def after(self, statement: ast.stmt, *lines: str) -> Edit:
        """Lines that stand after the statement, as far in as it is."""
        _, end = self._whole_lines(statement)
        return Edit(end, end, "".join(f"{self.indent(statement)}{line}\n" for line in lines))

    def exchanged(self, one: ast.stmt, other: ast.stmt) -> tuple[Edit, Edit]:
        """Two statements, each in the other's place."""
        first, second = self._whole_lines(one), self._whole_lines(other)
        return (
            Edit(*first, self.text[slice(*second)]),
            Edit(*second, self.text[slice(*first)]),
        )

    def indent(self, statement: ast.stmt) -> str:
        """The white space before the statement."""
        line = self._lines[_first(statement)[0] - 1]
        return line[: len(line) - len(line.lstrip())]

    def following(self, statement: ast.stmt) -> ast.stmt | None:
        """The statement after this one in its block."""
        block = self._block(statement)
        at = block.index(statement)
        return block[at + 1] if at + 1 < len(block) else None

    def _block(self, statement: ast.stmt) -> list[ast.stmt]:
        for _, value in ast.iter_fields(self._above[statement]):
            if isinstance(value, list) and statement in value:
                return value
        return [statement]

    def _whole_lines(self, statement: ast.stmt) -> tuple[int, int]:
        last = _end(statement).end_lineno
        return self._starts[_first(statement)[0] - 1], self._starts[last]

    def _at(self, line: int, column: int) -> int:
        """The place in the text of a line, from 1, and a column, which ast counts in bytes."""
        text = self._lines[line - 1]
        return self._starts[line - 1] + len(text.encode()[:column].decode())

    def _in_order(self, node: ast.AST) -> Iterator[ast.AST]:
        yield node
        for child in ast.iter_child_nodes(node):
            yield from self._in_order(child)


def is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    """Whether the node is a text that is written out."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def keyword(call: ast.Call, *names: str) -> ast.keyword | None:
    """The argument of a call with one of these names."""
    return next((one for one in call.keywords if one.arg in names), None)


def _handlers(function: Function) -> Iterator[Handler]:
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not isinstance(called, ast.Attribute) or called.attr not in _NAMES:
            continue
        arguments = decorator.args if isinstance(decorator, ast.Call) else []
        event = arguments[0] if arguments and is_text(arguments[0]) else None
        yield Handler(function, decorator, event if isinstance(event, ast.Constant) else None)


def _first(node: ast.AST) -> tuple[int, int]:
    decorators = getattr(node, "decorator_list", [])
    if decorators:  # the @ before the first one
        return decorators[0].lineno, decorators[0].col_offset - 1
    return _end(node).lineno, _end(node).col_offset


class _Placed(ast.expr):
    end_lineno: int
    end_col_offset: int


def _end(node: ast.AST) -> _Placed:
    """The node, known to have a place in the text."""
    assert getattr(node, "end_lineno", None) is not None, node
    return node  # type: ignore[return-value]
