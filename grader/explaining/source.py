"""A student's source, read to locate a mistake that the wire has shown: never to judge.

Python in the dialects of python-socketio and Flask-SocketIO; JavaScript as javascript.py has it.
"""

import ast
import sys
import warnings
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from grader.explaining import handlers
from grader.explaining.constants import Constants, constants
from grader.explaining.files import texts
from grader.explaining.handlers import Emit, Listener
from grader.explaining.page_source import PageSource, page_source
from grader.explaining.syntax import (
    FUNCTIONS,
    TASKS,
    Node,
    called,
    dotted,
    walk,
)
from grader.report.result import Where

if TYPE_CHECKING:
    from grader.explaining.javascript import Script


_OF_ASGI = ("fastapi", "starlette")


class Dialect(StrEnum):
    """What a server is written with."""

    PYTHON = "python-socketio"
    FLASK = "Flask-SocketIO"
    ASGI = "python-socketio in an ASGI framework"
    NODE = "Node"


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

        found = texts(self.folder, ".js", ".mjs", ".cjs", ".ts")
        return javascript.read_all({name: text.decode(errors="replace") for name, text in found})

    @cached_property
    def page(self) -> PageSource:
        """What the scripts of the submission's page listen to, and emit."""
        return page_source(self.folder)

    @property
    def known(self) -> bool:
        """Whether there is any source to look at."""
        return bool(self.trees or self.scripts)

    @cached_property
    def dialect(self) -> Dialect:
        """What the server is written with; python-socketio where that is not known."""
        if self.scripts:
            return Dialect.NODE
        nodes = (node for _, node, _ in self.nodes if isinstance(node, ast.ImportFrom))
        packages = {(node.module or "").partition(".")[0] for node in nodes}
        if "flask_socketio" in packages:
            return Dialect.FLASK
        return Dialect.PYTHON if packages.isdisjoint(_OF_ASGI) else Dialect.ASGI

    @cached_property
    def emits(self) -> list[Emit]:
        """Every call of `emit` whose event can be read."""
        flask = self.dialect is Dialect.FLASK
        return handlers.emits(self.nodes, self.scripts, self._constants, flask=flask)

    def emits_otherwise(self, event: str) -> bool:
        """Whether the event may be emitted in a way that is not read here."""
        return handlers.emits_otherwise(self.nodes, self.scripts, event, self._constants)

    @cached_property
    def listeners(self) -> list[Listener]:
        """Every function that is registered as a handler."""
        return handlers.listeners(self.nodes, self.scripts, self._constants)

    def listening_to(self, event: str) -> list[Listener]:
        """The handlers of an event."""
        return [listener for listener in self.listeners if listener.event == event]

    def inside(self, event: str) -> Iterator[ast.AST]:
        """Every node of the handlers of an event that are of Python."""
        places = {one.where for one in self.listening_to(event)}
        for file, node, _ in self.nodes:
            if isinstance(node, FUNCTIONS) and Where(file, node.lineno) in places:
                yield from ast.walk(node)

    def extents(self, event: str) -> list[tuple[str, range]]:
        """The lines of the handlers of an event, each with its file. In JavaScript a handler is
        taken to end where the next one begins.
        """
        functions = {
            Where(file, node.lineno): node.end_lineno
            for file, node, _ in self.nodes
            if isinstance(node, FUNCTIONS)
        }
        found = []
        for file, line in ((one.where.file, one.where.line) for one in self.listening_to(event)):
            others = (one.where.line for one in self.listeners if one.where.file == file)
            after = min((one for one in others if one > line), default=sys.maxsize)
            last = functions.get(Where(file, line))
            found.append((file, range(line, last + 1 if last else after)))
        return found

    def emitting(self, event: str, *, handling: str = "") -> list[Emit]:
        """The calls that emit an event; those in the handler of another event alone, if any are."""
        found = [emit for emit in self.emits if emit.event == event]
        named = [one for one in self.listening_to(handling) if one.function]
        functions = {(one.where.file, one.function) for one in named}
        inside = [
            emit
            for emit in found
            if (emit.where.file, emit.function) in functions or emit.inside == handling != ""
        ]
        return inside or found

    def calls(self, *names: str) -> list[Where]:
        """Where any of these functions or methods (`sleep`, `time.sleep`) is called."""
        found = [
            Where(file, node.lineno)
            for file, node, _ in self.nodes
            if isinstance(node, ast.Call) and (called(node) in names or dotted(node.func) in names)
        ]
        for file, script in self.scripts.items():
            found += [Where(file, line) for name, line in script.calls if name in names]
        return found

    def handler_of(self, event: str) -> Where | None:
        """Where the event is handled, if it is in one place only."""
        handlers = self.listening_to(event)
        return handlers[0].where if len(handlers) == 1 else None

    def emit_of(self, event: str) -> Where | None:
        """Where the event is emitted, if it is in one place only."""
        emits = self.emitting(event)
        return emits[0].where if len(emits) == 1 else None

    def unawaited(self, name: str) -> list[Where]:
        """Where a function or method of this name is called, and what it gives is not awaited."""
        nodes = [node for _, node, _ in self.nodes]
        awaited = {id(node.value) for node in nodes if isinstance(node, ast.Await)}
        tasks = (node for node in nodes if isinstance(node, ast.Call) and called(node) in TASKS)
        awaited |= {id(argument) for task in tasks for argument in task.args}
        return [
            Where(file, node.lineno)
            for file, node, _ in self.nodes
            if isinstance(node, ast.Call) and called(node) == name and id(node) not in awaited
        ]

    def registered_inside(self, handler: str) -> Where | None:
        """Where handlers are registered in the course of another handler, if they are."""
        for listener in self.listeners:
            if listener.handler == handler:
                return listener.where
        registering = {listener.outermost for listener in self.listeners} - {""}
        for file, node, around in self.nodes:
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
            for _, node, _ in self.nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )

    def mentions(self, name: str) -> bool:
        """Whether a name is used anywhere in Python's source, other than to define it."""
        return any(isinstance(node, ast.Name) and node.id == name for _, node, _ in self.nodes)

    def given(self, call: str, *, keyword: str = "", place: int = 0) -> list[tuple[str, Where]]:
        """The strings that calls of a function or method get, by that keyword or at that place."""
        found = []
        for file, node, _ in self.nodes:
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
            for _, node, _ in self.nodes
            if isinstance(node, ast.Call) and called(node) == "emit" and node.args
        }
        written = (one for script in self.scripts.values() for one in script.texts_beside_emits)
        return frozenset(written).union(
            node.value
            for _, node, _ in self.nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in emitted
        )

    def keyword(self, name: str) -> Where | None:
        """Where a call has this keyword argument, first."""
        for file, node, _ in self.nodes:
            if isinstance(node, ast.Call) and any(k.arg == name for k in node.keywords):
                return Where(file, node.lineno)
        return None

    def with_parameter(self, file: str, name: str, before: int) -> str:
        """The last function of a file that has a parameter of this name, and stands before a line.

        "" where there is none.
        """
        found = ""
        for where, node, _ in self.nodes:
            named = isinstance(node, FUNCTIONS) and name in {one.arg for one in node.args.args}
            if isinstance(node, FUNCTIONS) and where == file and named and node.lineno < before:
                found = node.name
        return found

    def function(self, name: str) -> Where | None:
        """Where a function of this name is defined, if it is in one place only."""
        found = [
            Where(file, node.lineno)
            for file, node, _ in self.nodes
            if isinstance(node, FUNCTIONS) and node.name == name
        ]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _constants(self) -> Constants:
        """The names that stand for one text."""
        return constants(self.trees.values())

    @cached_property
    def nodes(self) -> list[Node]:
        """Every node of all files."""
        return [found for file, tree in self.trees.items() for found in walk(file, tree)]
