"""A transformation that keeps a server right, and how one is told to others."""

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

# It changes the trees of the files in place: the path of each → its tree. False where it found
# nothing to change.
Change = Callable[[dict[str, ast.Module], random.Random], bool]


@dataclass(frozen=True)
class Transform:
    """One transformation. Its name is the function's, its sentence the docstring's."""

    change: Change

    @property
    def name(self) -> str:
        return self.change.__name__.replace("_", "-")

    @property
    def sentence(self) -> str:
        """What it does, as in "Names are changed."."""
        return " ".join((self.change.__doc__ or "").split())


def transform(into: list[Transform]) -> Callable[[Change], Change]:
    """A decorator that adds a function to a list of transformations."""

    def make(change: Change) -> Change:
        into.append(Transform(change))
        return change

    return make


def handlers(tree: ast.AST) -> Iterator[tuple[Function, str]]:
    """Every function that a decorator registers for an event, and the event."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = called.attr if isinstance(called, ast.Attribute) else ""
            if name == "event":
                yield node, node.name
            elif name == "on" and isinstance(decorator, ast.Call):
                yield node, str(ast.literal_eval(decorator.args[0]))


def emits(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call of sio.emit."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "sio.emit":
            yield node


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every list of statements."""
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield value


def statements(text: str) -> list[ast.stmt]:
    """The statements that stand in a text."""
    return ast.parse(text).body


def at_top(tree: ast.Module, text: str) -> None:
    """Put statements below the imports of a file."""
    last = max((i for i, one in enumerate(tree.body) if isinstance(one, _IMPORTS)), default=-1)
    tree.body[last + 1 : last + 1] = statements(text)


def imported(tree: ast.Module, text: str) -> None:
    """Have an import in a file, once."""
    (line,) = statements(text)
    if ast.dump(line) not in map(ast.dump, tree.body):
        tree.body.insert(0, line)


_IMPORTS = (ast.Import, ast.ImportFrom)
