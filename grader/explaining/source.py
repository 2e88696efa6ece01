"""A student's source, read to locate a mistake that the wire has shown: never to judge.

Python in the dialects of python-socketio and Flask-SocketIO; JavaScript as javascript.py has it.
"""

import ast
import warnings
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from grader.explaining.files import texts
from grader.explaining.syntax import (
    FUNCTIONS,
    LEAVING,
    LEAVING_OUT,
    LOOPS,
    TASKS,
    called,
    deciding,
    dotted,
    events,
    is_addition,
    narrowed,
    to_the_caller,
    walk,
)
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
        return next((one for one in self.narrowed if one in LEAVING_OUT), "")


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
                narrowed(node, flask=flask),
                to_the_caller(node, around, flask=flask),
                any(isinstance(outer, LOOPS) for outer in around),
                id(node) in self._dead,
            )
            for file, node, around in self._nodes
            if isinstance(node, ast.Call)
            and called(node) == "emit"
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
            if not isinstance(node, FUNCTIONS):
                continue
            functions = [outer for outer in around if isinstance(outer, FUNCTIONS)]
            handlers = [outer.name for outer in functions if events(outer)]
            for event, by_name in (*events(node), *registered.get((file, node.name), ())):
                found.append(
                    Listener(
                        event,
                        Where(file, node.lineno),
                        node.name,
                        by_name,
                        handlers[-1] if handlers else "",
                        functions[0].name if functions else "",
                        frozenset(deciding(node) & {one.arg for one in node.args.args}),
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
            if isinstance(node, ast.Call) and (called(node) in names or dotted(node.func) in names)
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
            is_addition(node)
            for _, node, around in self._nodes
            if any(isinstance(outer, FUNCTIONS) for outer in around)
        )

    def unawaited(self, name: str) -> list[Where]:
        """Where a function or method of this name is called, and what it gives is not awaited."""
        nodes = [node for _, node, _ in self._nodes]
        awaited = {id(node.value) for node in nodes if isinstance(node, ast.Await)}
        tasks = (node for node in nodes if isinstance(node, ast.Call) and called(node) in TASKS)
        awaited |= {id(argument) for task in tasks for argument in task.args}
        return [
            Where(file, node.lineno)
            for file, node, _ in self._nodes
            if isinstance(node, ast.Call) and called(node) == name and id(node) not in awaited
        ]

    def registered_inside(self, handler: str) -> Where | None:
        """Where handlers are registered in the course of another handler, if they are."""
        for listener in self.listeners:
            if listener.handler == handler:
                return listener.where
        registering = {listener.outermost for listener in self.listeners} - {""}
        for file, node, around in self._nodes:
            inside = any(isinstance(one, FUNCTIONS) and one.name == handler for one in around)
            if inside and isinstance(node, ast.Call) and called(node) in registering:
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
            if not isinstance(node, ast.Call) or called(node) != call:
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
            if isinstance(node, ast.Call) and called(node) == "emit" and node.args
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
                    left = left or isinstance(statement, LEAVING)
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
            named = isinstance(node, FUNCTIONS) and name in {one.arg for one in node.args.args}
            if isinstance(node, FUNCTIONS) and where == file and named and node.lineno < before:
                found = node.name
        return found

    def function(self, name: str) -> Where | None:
        """Where a function of this name is defined, if it is in one place only."""
        found = [
            Where(file, node.lineno)
            for file, node, _ in self._nodes
            if isinstance(node, FUNCTIONS) and node.name == name
        ]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _registered_by_call(self) -> dict[tuple[str, str], list[tuple[str, bool]]]:
        """The file and name of a function → the events for which a call of on(…) registers it."""
        found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
        for file, node, _ in self._nodes:
            if isinstance(node, ast.Call) and called(node) in ("on", "on_event"):
                event, *rest = [*node.args, *(k.value for k in node.keywords if k.arg == "handler")]
                name = rest[0].id if rest and isinstance(rest[0], ast.Name) else ""
                if name and isinstance(event, ast.Constant):
                    found.setdefault((file, name), []).append((str(event.value), False))
        return found

    @cached_property
    def _nodes(self) -> list[tuple[str, ast.AST, tuple[ast.AST, ...]]]:
        """Every node with its file, and the functions and loops around it, the outermost first."""
        return [found for file, tree in self.trees.items() for found in walk(file, tree)]
