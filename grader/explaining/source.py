"""A student's source, read to locate a mistake that the wire has shown: never to judge.

Python in the dialects of python-socketio and Flask-SocketIO; JavaScript as javascript.py has it.
"""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from grader.explaining.files import texts
from grader.report.result import Where

if TYPE_CHECKING:
    from grader.explaining.javascript import Script


class Dialect(StrEnum):
    """What a server is written with."""

    PYTHON = "python-socketio"
    FLASK = "Flask-SocketIO"
    NODE = "Node"


@dataclass(frozen=True, slots=True)
class Emit:
    """A call of emit: the event's name, and the keywords that narrow whom it reaches."""

    event: str
    where: Where
    narrowed: tuple[str, ...]
    to_its_caller: bool  # to= is the first parameter of the handler that it is in, its sid
    in_loop: bool
    dead: bool = False  # a statement before it in its block leaves it, so it is never reached

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
    parameters: tuple[str, ...] = ()
    idle: bool = False  # it returns before it has done anything


class Source:
    """What can be located in the files of a folder; nothing where there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        """The path of a file → its syntax tree, of those files of Python that can be parsed."""
        found = {}
        for name, text in texts(self.folder, ".py"):
            try:
                with warnings.catch_warnings(action="ignore"):
                    found[name] = ast.parse(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # a MemoryError is the parser's own, of what is nested too deeply
        return found

    @cached_property
    def scripts(self) -> dict[str, "Script"]:
        """The path of a file → what it has, of the files of JavaScript; none beside Python's."""
        if self.trees:
            return {}
        from grader.explaining import javascript  # few submissions need it

        return {
            name: javascript.read(text.decode(errors="replace"))
            for name, text in texts(self.folder, ".js", ".mjs", ".cjs")
        }

    @property
    def known(self) -> bool:
        """Whether there is any source to look at."""
        return bool(self.trees or self.scripts)

    @cached_property
    def dialect(self) -> Dialect:
        """What the server is written with; python-socketio where that is not known."""
        if self.scripts:
            return Dialect.NODE
        flask = any(
            isinstance(node, ast.ImportFrom) and node.module == "flask_socketio"
            for _, node, _ in self._nodes
        )
        return Dialect.FLASK if flask else Dialect.PYTHON

    @cached_property
    def emits(self) -> list[Emit]:
        """Every call of `emit` whose event is a literal."""
        flask = self.dialect is Dialect.FLASK
        found = [
            Emit(
                node.args[0].value,
                Where(file, node.lineno),
                _narrowed(node, flask=flask),
                _to_the_caller(node, around, flask=flask),
                any(isinstance(outer, _LOOPS) for outer in around),
                id(node) in self._dead,
            )
            for file, node, around in self._nodes
            if isinstance(node, ast.Call)
            and _called(node) == "emit"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ]
        for file, script in self.scripts.items():
            found += [
                Emit(
                    one.event,
                    Where(file, one.line),
                    one.narrowed,
                    one.narrowed == ("to",),
                    one.in_loop,
                )
                for one in script.emits
            ]
        return found

    @cached_property
    def listeners(self) -> list[Listener]:
        """Every function that is registered as a handler."""
        found = []
        for file, script in self.scripts.items():
            found += [
                Listener(
                    one.event,
                    Where(file, one.line),
                    "",
                    by_name=False,
                    handler=one.inside,
                    outermost="",
                    decides_by=frozenset(),
                    decides=one.decides,
                )
                for one in script.listeners
            ]
        registered = self._registered_by_call
        for file, node, around in self._nodes:
            if not isinstance(node, _FUNCTIONS):
                continue
            functions = [outer for outer in around if isinstance(outer, _FUNCTIONS)]
            handlers = [outer.name for outer in functions if _events(outer)]
            for event, by_name in (*_events(node), *registered.get((file, node.name), ())):
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
                        tuple(one.arg for one in node.args.args if one.arg != "self"),
                        isinstance(node.body[0], ast.Return | ast.Pass),
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
        found = [
            Where(file, node.lineno)
            for file, node, _ in self._nodes
            if isinstance(node, ast.Call)
            and (_called(node) in names or _dotted(node.func) in names)
        ]
        for file, script in self.scripts.items():
            found += [Where(file, line) for name, line in script.calls if name in names]
        return found

    @cached_property
    def removals(self) -> list[Where]:
        """Where something is taken out of what is kept."""
        deletes = (
            Where(file, node.lineno)
            for file, node, _ in self._nodes
            if isinstance(node, ast.Delete)
        )
        return [*deletes, *self.calls("pop", "popitem", "remove", "discard", "clear", "delete")]

    @cached_property
    def adds(self) -> bool:
        """Whether anything is put into what is kept, somewhere in a function."""
        return any(
            _is_addition(node)
            for _, node, around in self._nodes
            if any(isinstance(outer, _FUNCTIONS) for outer in around)
        )

    def unawaited(self, name: str) -> list[Where]:
        """Where a function or method of this name is called, and what it gives is not awaited."""
        nodes = [node for _, node, _ in self._nodes]
        awaited = {id(node.value) for node in nodes if isinstance(node, ast.Await)}
        tasks = (node for node in nodes if isinstance(node, ast.Call) and _called(node) in _TASKS)
        awaited |= {id(argument) for task in tasks for argument in task.args}
        return [
            Where(file, node.lineno)
            for file, node, _ in self._nodes
            if isinstance(node, ast.Call) and _called(node) == name and id(node) not in awaited
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
        written = (text for script in self.scripts.values() for text in script.texts)
        return frozenset(written).union(
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

    @cached_property
    def literals_beside_emits(self) -> frozenset[str]:
        """Every string that stands in the source for something else than the event of an emit."""
        emitted = {
            id(node.args[0])
            for _, node, _ in self._nodes
            if isinstance(node, ast.Call) and _called(node) == "emit" and node.args
        }
        return frozenset(
            node.value
            for _, node, _ in self._nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in emitted
        )

    @cached_property
    def _dead(self) -> set[int]:
        """The ids of the nodes that are never reached, as the block is left before."""
        found: set[int] = set()
        for _, node, _ in self._nodes:
            for _, block in ast.iter_fields(node):
                left = False
                for statement in block if isinstance(block, list) else ():
                    if left:
                        found |= {id(one) for one in ast.walk(statement)}
                    left = left or isinstance(statement, _LEAVING)
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
    def _registered_by_call(self) -> dict[tuple[str, str], list[tuple[str, bool]]]:
        """The file and name of a function → the events for which a call of on(…) registers it."""
        found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
        for file, node, _ in self._nodes:
            if isinstance(node, ast.Call) and _called(node) in ("on", "on_event"):
                event, *rest = [*node.args, *(k.value for k in node.keywords if k.arg == "handler")]
                name = rest[0].id if rest and isinstance(rest[0], ast.Name) else ""
                if name and isinstance(event, ast.Constant):
                    found.setdefault((file, name), []).append((str(event.value), False))
        return found

    @cached_property
    def _nodes(self) -> list[tuple[str, ast.AST, tuple[ast.AST, ...]]]:
        """Every node with its file, and the functions and loops around it, the outermost first."""
        return [found for file, tree in self.trees.items() for found in _walk(file, tree)]


_LEAVING_OUT = ("skip_sid", "include_self")
_NARROWING = ("to", "room", *_LEAVING_OUT)
_TASKS = ("create_task", "ensure_future", "gather", "run", "wait_for", "start_background_task")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
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


def _narrowed(call: ast.Call, *, flask: bool) -> tuple[str, ...]:
    """What narrows whom an emit reaches, in the words of python-socketio."""
    given = {k.arg: k.value for k in call.keywords if k.arg}
    found = [name for name in _NARROWING if name in given]
    if "include_self" in found and not _is_false(given["include_self"]):
        found.remove("include_self")
    # emit(…) of Flask-SocketIO answers whoever asks.
    if flask and isinstance(call.func, ast.Name) and not found and "broadcast" not in given:
        found.append("to")
    return tuple(found)


def _is_false(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _to_the_caller(call: ast.Call, around: tuple[ast.AST, ...], *, flask: bool) -> bool:
    given = [k.arg for k in call.keywords]
    if flask and isinstance(call.func, ast.Name) and not {"to", "room"}.intersection(given):
        return _narrowed(call, flask=True) == ("to",)
    if any(_dotted(k.value) == "request.sid" for k in call.keywords if k.arg in ("to", "room")):
        return True
    functions = [outer for outer in around if isinstance(outer, _FUNCTIONS)]
    callers = functions[-1].args.args[:1] if functions else []
    return any(
        keyword.arg in ("to", "room")
        and isinstance(keyword.value, ast.Name)
        and keyword.value.id in {one.arg for one in callers}
        for keyword in call.keywords
    )


def _events(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[tuple[str, bool]]:
    """The events that decorators, or a method's name in a class, register a function for, and
    whether by its name.
    """
    found = []
    method = function.args.args[:1] and function.args.args[0].arg == "self"
    if method and function.name.startswith("on_"):
        found.append((function.name.removeprefix("on_"), False))
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = decorator.attr if isinstance(decorator, ast.Attribute) else call and _called(call)
        if name == "event":
            found.append((function.name, True))
        elif name == "on" and call and call.args and isinstance(call.args[0], ast.Constant):
            found.append((str(call.args[0].value), False))
    return found


def _is_addition(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return _called(node) in ("add", "append", "setdefault", "update", "insert")
    kept = isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name)
    return kept or isinstance(node, ast.AugAssign | ast.Global | ast.Nonlocal)


def _deciding(function: ast.AST) -> set[str]:
    """The names on which something in the function is decided."""
    tests = (n.test for n in ast.walk(function) if isinstance(n, (ast.If, ast.IfExp, ast.While)))
    return {n.id for test in tests for n in ast.walk(test) if isinstance(n, ast.Name)}
