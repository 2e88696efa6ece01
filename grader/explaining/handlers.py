"""What every server has, whatever its language: handlers, and calls of emit."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.explaining.constants import Constants, text_of
from grader.explaining.syntax import (
    FUNCTIONS,
    LEAVING,
    LEAVING_OUT,
    LOOPS,
    Node,
    called,
    deciding,
    events,
    given_to,
    narrowed,
    own_parameters,
    to_the_caller,
)
from grader.report.result import Where

if TYPE_CHECKING:
    from grader.explaining.javascript import Script


_TRIGGER = "trigger_event"  # the method of a namespace that looks for the one of an event
_READ = ("on", "on_event", "emit", "print")  # calls that are no helpers of the student's


@dataclass(frozen=True, slots=True)
class Emit:
    """A call of emit: the event's name, and the keywords that narrow whom it reaches."""

    event: str
    where: Where
    narrowed: tuple[str, ...]
    to_its_caller: bool  # to= is the first parameter of the handler that it is in, its sid
    in_loop: bool
    dead: bool = False  # a statement before it in its block leaves it, so it is never reached
    function: str = ""  # of Python: the function that it stands in
    arguments: tuple[str, ...] = ()  # of Python: what stands after the event, without a keyword
    to_what_a_call_gives: bool = False  # of Python: to= is no name, but what is looked up
    inside: str = ""  # of Node: the event of the handler that it stands in
    broadcast: bool = False  # of Flask-SocketIO: it is given broadcast=

    @property
    def addressed(self) -> bool:
        """Whether it says who is to hear it: a client, or a room."""
        return not {"to", "room"}.isdisjoint(self.narrowed)

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
    namespace: str = ""  # the class of a namespace of which it is a method, "" where it is in none
    on_server: bool = False  # in Node: registered with the server, not with a client's socket


def emits(
    nodes: Sequence[Node], scripts: Mapping[str, "Script"], known: Constants, *, flask: bool
) -> list[Emit]:
    """Every call of `emit` whose event can be read, in Python and in JavaScript."""
    dead = _dead(nodes)
    found = [
        Emit(
            event,
            Where(file, node.lineno),
            narrowed(node, flask=flask),
            to_the_caller(node, around, flask=flask),
            any(isinstance(outer, LOOPS) for outer in around),
            id(node) in dead,
            next((one.name for one in around[::-1] if isinstance(one, FUNCTIONS)), ""),
            tuple(ast.unparse(one) for one in node.args[1:]),
            isinstance(given_to(node, flask=flask), ast.Call),
            broadcast=any(one.arg == "broadcast" for one in node.keywords),
        )
        for file, node, around in nodes
        if isinstance(node, ast.Call) and called(node) == "emit"
        if (event := text_of(first_argument(node), known)) is not None
    ]
    for file, script in scripts.items():
        found += [
            Emit(
                one.event,
                Where(file, one.line),
                one.narrowed,
                one.narrowed == ("to",),
                one.in_loop,
                inside=one.inside,
            )
            for one in script.emits
        ]
    return found


def emits_otherwise(
    nodes: Sequence[Node], scripts: Mapping[str, "Script"], event: str, known: Constants
) -> bool:
    """Whether the event may be emitted where that cannot be read: a function is given its name,
    and somewhere a name that cannot be read is emitted.
    """
    calls = [node for _, node, _ in nodes if isinstance(node, ast.Call)]
    unread = any(
        called(one) == "emit" and text_of(first_argument(one), known) is None for one in calls
    )
    unread = unread or any(script.emits_unread for script in scripts.values())
    given = (value for one in calls if called(one) not in _READ for value in one.args)
    handed = {text_of(value, known) for value in given}
    return unread and event in handed.union(*(script.handed for script in scripts.values()))


def listeners(
    nodes: Sequence[Node], scripts: Mapping[str, "Script"], known: Constants
) -> list[Listener]:
    """Every function that is registered as a handler, in Python and in JavaScript."""
    found = []
    for file, script in scripts.items():
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
                on_server=one.on_server,
            )
            for one in script.listeners
        ]
    registered = _registered_by_call(nodes, known)
    namespaces = _namespaces(nodes)
    spaced = any(isinstance(node, FUNCTIONS) and node.name == _TRIGGER for _, node, _ in nodes)
    for file, node, around in nodes:
        if not isinstance(node, FUNCTIONS):
            continue
        functions = [outer for outer in around if isinstance(outer, FUNCTIONS)]
        handlers = [outer.name for outer in functions if events(outer, known, spaced=spaced)]
        by_call = (*registered.get((file, node.name), ()), *registered.get(("", node.name), ()))
        for event, by_name in (*events(node, known, spaced=spaced), *by_call):
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
                    tuple(own_parameters(node)),
                    isinstance(node.body[0], ast.Return | ast.Pass),
                    namespaces.get(id(node), ""),
                )
            )
    return found


def first_argument(call: ast.Call) -> ast.expr | None:
    """What a call of emit gets for its event."""
    named = [k.value for k in call.keywords if k.arg == "event"]
    return next(iter([*call.args[:1], *named]), None)


def _dead(nodes: Iterable[Node]) -> set[int]:
    """The ids of the nodes that are never reached, as the block is left before."""
    found: set[int] = set()
    for _, node, _ in nodes:
        for _, block in ast.iter_fields(node):
            left = False
            for statement in block if isinstance(block, list) else ():
                if left:
                    found |= {id(one) for one in ast.walk(statement)}
                left = left or isinstance(statement, LEAVING)
    return found


def _namespaces(nodes: Iterable[Node]) -> dict[int, str]:
    """The id of a method → the name of its class, for the classes of namespaces."""
    classes = (node for _, node, _ in nodes if isinstance(node, ast.ClassDef))
    return {
        id(method): one.name
        for one in classes
        if any("Namespace" in ast.unparse(base) for base in one.bases)
        for method in one.body
    }


def _registered_by_call(
    nodes: Iterable[Node], known: Constants
) -> dict[tuple[str, str], list[tuple[str, bool]]]:
    """The file and name of a function → the events for which a call of on(…) registers it.

    A method, or a function of another file, has "" for its file.
    """
    found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for file, node, _ in nodes:
        if isinstance(node, ast.Call) and called(node) in ("on", "on_event"):
            given = [*node.args, *(k.value for k in node.keywords if k.arg == "handler")]
            match given[:2]:
                case [event, ast.Name(id=name)]:
                    key = (file, name)
                case [event, ast.Attribute(attr=name)]:
                    key = ("", name)
                case _:
                    continue
            if text := text_of(event, known):
                found.setdefault(key, []).append((text, False))
    return found
