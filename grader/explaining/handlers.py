"""What every server has, whatever its language: handlers, and calls of emit."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.explaining.syntax import (
    FUNCTIONS,
    LEAVING,
    LEAVING_OUT,
    LOOPS,
    Node,
    called,
    deciding,
    events,
    narrowed,
    to_the_caller,
)
from grader.report.result import Where

if TYPE_CHECKING:
    from grader.explaining.javascript import Script


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


def emits(nodes: Sequence[Node], scripts: Mapping[str, "Script"], *, flask: bool) -> list[Emit]:
    """Every call of `emit` whose event is a literal, in Python and in JavaScript."""
    dead = _dead(nodes)
    found = [
        Emit(
            node.args[0].value,
            Where(file, node.lineno),
            narrowed(node, flask=flask),
            to_the_caller(node, around, flask=flask),
            any(isinstance(outer, LOOPS) for outer in around),
            id(node) in dead,
        )
        for file, node, around in nodes
        if isinstance(node, ast.Call)
        and called(node) == "emit"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]
    for file, script in scripts.items():
        found += [
            Emit(
                one.event, Where(file, one.line), one.narrowed, one.narrowed == ("to",), one.in_loop
            )
            for one in script.emits
        ]
    return found


def listeners(nodes: Sequence[Node], scripts: Mapping[str, "Script"]) -> list[Listener]:
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
            )
            for one in script.listeners
        ]
    registered = _registered_by_call(nodes)
    for file, node, around in nodes:
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


def _registered_by_call(nodes: Iterable[Node]) -> dict[tuple[str, str], list[tuple[str, bool]]]:
    """The file and name of a function → the events for which a call of on(…) registers it."""
    found: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for file, node, _ in nodes:
        if isinstance(node, ast.Call) and called(node) in ("on", "on_event"):
            given = [*node.args, *(k.value for k in node.keywords if k.arg == "handler")]
            match given[:2]:
                case [ast.Constant(value=event), ast.Name(id=name)]:
                    found.setdefault((file, name), []).append((str(event), False))
    return found
