"""A student's Python source, read to locate a mistake that the wire has shown: never to judge."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.result import Where

MOST_FILES = 20
LARGEST_FILE = 200_000  # bytes


@dataclass(frozen=True, slots=True)
class Emit:
    """A call of emit: the event's name, and the keywords that narrow whom it reaches."""

    event: str
    where: Where
    narrowed: tuple[str, ...]
    function: str


@dataclass(frozen=True, slots=True)
class Listener:
    """A handler: the event that it is registered for, and how."""

    event: str
    where: Where
    function: str
    by_name: bool  # registered by the function's own name, as @sio.event does
    inside: str  # the handler that it is defined in, "" where it is in none
    parameters: int
    reads: frozenset[str]  # the names that its body reads, and the methods that it calls


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
                if file.stat().st_size <= LARGEST_FILE:
                    found[file.name] = ast.parse(file.read_bytes())
            except (OSError, SyntaxError, ValueError, RecursionError):
                continue
        return found

    @cached_property
    def emits(self) -> list[Emit]:
        """Every call of a method `emit` or `send` whose event is a literal."""
        found = []
        for name, node, inside in self._nodes():
            if isinstance(node, ast.Call) and _called(node) == "emit" and node.args:
                event = node.args[0]
                if isinstance(event, ast.Constant) and isinstance(event.value, str):
                    narrowed = tuple(k.arg for k in node.keywords if k.arg in _NARROWING)
                    where = Where(name, node.lineno)
                    function = inside[-1].name if inside else ""
                    found.append(Emit(event.value, where, narrowed, function))
        return found

    @cached_property
    def listeners(self) -> list[Listener]:
        """Every function that is registered as a handler with a decorator."""
        found = []
        for name, node, inside in self._nodes():
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            for decorator in node.decorator_list:
                event, by_name = _event(decorator, node.name)
                if event:
                    outer = [f.name for f in inside if f is not node and _is_handler(f)]
                    reads = frozenset(_names(node))
                    found.append(
                        Listener(
                            event,
                            Where(name, node.lineno),
                            node.name,
                            by_name,
                            outer[-1] if outer else "",
                            len(node.args.args),
                            reads,
                        )
                    )
        return found

    def calls(self, *names: str) -> list[Where]:
        """Where any of these functions or methods (`sleep`, `time.sleep`) is called."""
        return [
            Where(name, node.lineno)
            for name, node, _ in self._nodes()
            if isinstance(node, ast.Call)
            and (_called(node) in names or ast.unparse(node.func) in names)
        ]

    def function(self, name: str) -> Where | None:
        """Where a function of this name is defined, if it is in one place only."""
        found = [
            Where(file, node.lineno)
            for file, node, _ in self._nodes()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name
        ]
        return found[0] if len(found) == 1 else None

    def _nodes(self) -> Iterator[tuple[str, ast.AST, list[ast.FunctionDef]]]:
        """Every node with its file and the functions around it, the innermost last."""
        for name, tree in self.trees.items():
            yield from _walk(name, tree, [])


_NARROWING = ("to", "room", "skip_sid")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _walk(
    file: str, node: ast.AST, inside: list[ast.FunctionDef]
) -> Iterator[tuple[str, ast.AST, list[ast.FunctionDef]]]:
    for child in ast.iter_child_nodes(node):
        yield file, child, inside
        deeper = [*inside, child] if isinstance(child, _Function) else inside
        yield from _walk(file, child, deeper)  # type: ignore[arg-type]


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _event(decorator: ast.expr, function: str) -> tuple[str, bool]:
    """The event that a decorator registers a function for, and whether by its name; "" if none."""
    if isinstance(decorator, ast.Attribute) and decorator.attr == "event":
        return function, True
    if isinstance(decorator, ast.Call):
        first = decorator.args[0] if decorator.args else None
        if _called(decorator) == "on" and isinstance(first, ast.Constant):
            return str(first.value), False
        if _called(decorator) == "event":
            return function, True
    return "", False


def _is_handler(function: ast.FunctionDef) -> bool:
    return any(_event(decorator, function.name)[0] for decorator in function.decorator_list)


def _names(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
