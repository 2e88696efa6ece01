"""A student's Python source, read to locate a mistake that the wire has shown: never to judge."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.report.result import Where

MOST_FILES = 20
LARGEST_FILE = 200_000  # bytes


@dataclass(frozen=True, slots=True)
class Emit:
    """A call of emit: the event's name, and the keywords that narrow whom it reaches."""

    event: str
    where: Where
    narrowed: tuple[str, ...]
    to_its_caller: bool  # to= is the first parameter of the handler that it is in, its sid
    in_loop: bool

    @property
    def leaves_out(self) -> str:
        """The keyword that leaves somebody out; "" where there is none."""
        return next((one for one in self.narrowed if one in _LEAVING_OUT), "")


@dataclass(frozen=True, slots=True)
class Listener:
    """A handler: the event that it is registered for, and how."""

    event: str
    where: Where
    function: str
    by_name: bool  # registered by the function's own name, as @sio.event does
    handler: str  # the handler that it is defined in, "" where it is in none
    outermost: str  # the outermost function that it is defined in, "" where it is in none
    decides_by: frozenset[str]  # its parameters on which it decides something
    decides: bool  # it decides something at all


class Source:
    """What can be located in the .py files of a folder; nothing where there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        """File name → syntax tree, of those files that can be parsed."""
        found = {}
        files = sorted(self.folder.glob("*.py"))[:MOST_FILES] if self.folder else []
        for file in files:
            try:
                if file.is_file() and file.stat().st_size <= LARGEST_FILE:
                    with warnings.catch_warnings(action="ignore"):
                        found[file.name] = ast.parse(file.read_bytes())
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # a MemoryError is the parser's own, of what is nested too deeply
        return found

    @cached_property
    def emits(self) -> list[Emit]:
        """Every call of a method `emit` whose event is a literal."""
        return [
            Emit(
                node.args[0].value,
                Where(file, node.lineno),
                tuple(k.arg for k in node.keywords if k.arg in _NARROWING),
                _to_the_caller(node, around),
                any(isinstance(outer, _LOOPS) for outer in around),
            )
            for file, node, around in self._nodes
            if isinstance(node, ast.Call)
            and _called(node) == "emit"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ]

    @cached_property
    def listeners(self) -> list[Listener]:
        """Every function that a decorator registers as a handler."""
        found = []
        for file, node, around in self._nodes:
            if not isinstance(node, _FUNCTIONS):
                continue
            functions = [outer for outer in around if isinstance(outer, _FUNCTIONS)]
            handlers = [outer.name for outer in functions if _events(outer)]
            for event, by_name in _events(node):
                found.append(
                    Listener(
                        event,
                        Where(file, node.lineno),
                        node.name,
                        by_name,
                        handlers[-1] if handlers else "",
                        functions[0].name if functions else "",
                        frozenset(_deciding(node) & {one.arg for one in node.args.args}),
                        any(isinstance(one, (ast.If, ast.IfExp)) for one in ast.walk(node)),
                    )
                )
        return found

    def listening_to(self, event: str) -> list[Listener]:
        """The handlers of an event."""
        return [listener for listener in self.listeners if listener.event == event]

    def emitting(self, event: str) -> list[Emit]:
        """The calls that emit an event."""
        return [emit for emit in self.emits if emit.event == event]

    def calls(self, *names: str) -> list[Where]:
        """Where any of these functions or methods (`sleep`, `time.sleep`) is called."""
        return [
            Where(file, node.lineno)
            for file, node, _ in self._nodes
            if isinstance(node, ast.Call)
            and (_called(node) in names or _dotted(node.func) in names)
        ]

    def registered_inside(self, handler: str) -> Where | None:
        """Where handlers are registered in the course of another handler, if they are."""
        for listener in self.listeners:
            if listener.handler == handler:
                return listener.where
        registering = {listener.outermost for listener in self.listeners} - {""}
        for file, node, around in self._nodes:
            inside = any(isinstance(one, _FUNCTIONS) and one.name == handler for one in around)
            if inside and isinstance(node, ast.Call) and _called(node) in registering:
                return Where(file, node.lineno)
        return None

    @cached_property
    def literals(self) -> frozenset[str]:
        """Every string that stands in the source."""
        return frozenset(
            node.value
            for _, node, _ in self._nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )

    def given(self, call: str, *, keyword: str = "", place: int = 0) -> list[tuple[str, Where]]:
        """The strings that calls of a function or method get, by that keyword or at that place."""
        found = []
        for file, node, _ in self._nodes:
            if not isinstance(node, ast.Call) or _called(node) != call:
                continue
            values = [k.value for k in node.keywords if k.arg == keyword] or node.args[place:][:1]
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.append((value.value, Where(file, node.lineno)))
        return found

    def keyword(self, name: str) -> Where | None:
        """Where a call has this keyword argument, first."""
        for file, node, _ in self._nodes:
            if isinstance(node, ast.Call) and any(k.arg == name for k in node.keywords):
                return Where(file, node.lineno)
        return None

    def with_parameter(self, file: str, name: str, before: int) -> str:
        """The last function of a file that has a parameter of this name, and stands before a line.

        "" where there is none.
        """
        found = ""
        for where, node, _ in self._nodes:
            named = isinstance(node, _FUNCTIONS) and name in {one.arg for one in node.args.args}
            if isinstance(node, _FUNCTIONS) and where == file and named and node.lineno < before:
                found = node.name
        return found

    def function(self, name: str) -> Where | None:
        """Where a function of this name is defined, if it is in one place only."""
        found = [
            Where(file, node.lineno)
            for file, node, _ in self._nodes
            if isinstance(node, _FUNCTIONS) and node.name == name
        ]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _nodes(self) -> list[tuple[str, ast.AST, tuple[ast.AST, ...]]]:
        """Every node with its file, and the functions and loops around it, the outermost first."""
        return [found for file, tree in self.trees.items() for found in _walk(file, tree)]


_LEAVING_OUT = ("skip_sid", "include_self")
_NARROWING = ("to", "room", *_LEAVING_OUT)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def _walk(file: str, tree: ast.Module) -> Iterator[tuple[str, ast.AST, tuple[ast.AST, ...]]]:
    """The nodes in the order of the text; a stack of our own, for trees deeper than Python's."""
    rest: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(tree, ())]
    while rest:
        node, around = rest.pop()
        if node is not tree:
            yield file, node, around
        if isinstance(node, (*_FUNCTIONS, *_LOOPS)):
            around = (*around, node)
        rest += [(child, around) for child in ast.iter_child_nodes(node)][::-1]


def _dotted(function: ast.expr) -> str:
    """`time.sleep` for just that; "" where more than names and dots are called."""
    names: list[str] = []
    while isinstance(function, ast.Attribute):
        names.insert(0, function.attr)
        function = function.value
    return ".".join([function.id, *names]) if isinstance(function, ast.Name) else ""


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _to_the_caller(call: ast.Call, around: tuple[ast.AST, ...]) -> bool:
    functions = [outer for outer in around if isinstance(outer, _FUNCTIONS)]
    callers = functions[-1].args.args[:1] if functions else []
    return any(
        keyword.arg in ("to", "room")
        and isinstance(keyword.value, ast.Name)
        and keyword.value.id in {one.arg for one in callers}
        for keyword in call.keywords
    )


def _events(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[tuple[str, bool]]:
    """The events that decorators register a function for, and whether by its name."""
    found = []
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = decorator.attr if isinstance(decorator, ast.Attribute) else call and _called(call)
        if name == "event":
            found.append((function.name, True))
        elif name == "on" and call and call.args and isinstance(call.args[0], ast.Constant):
            found.append((str(call.args[0].value), False))
    return found


def _deciding(function: ast.AST) -> set[str]:
    """The names on which something in the function is decided."""
    tests = (n.test for n in ast.walk(function) if isinstance(n, (ast.If, ast.IfExp, ast.While)))
    return {n.id for test in tests for n in ast.walk(test) if isinstance(n, ast.Name)}
