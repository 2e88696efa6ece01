"""What a server does with what it keeps, as far as its source tells: in it, out of it, emptied."""

import ast
from collections.abc import Iterable

from grader.explaining.source import Source
from grader.explaining.syntax import FUNCTIONS, is_addition, is_kept
from grader.report.result import Where

_EMPTY = ("{}", "dict()", "[]", "list()", "set()")


def entering(source: Source) -> list[Where]:
    """Where a socket is put into a room, in any library."""
    return source.calls("enter_room", "join_room", *(["join"] if source.scripts else []))


def removals(source: Source) -> list[Where]:
    """Where something is taken out of what is kept."""
    deletes = [
        Where(file, node.lineno) for file, node, _ in source.nodes if isinstance(node, ast.Delete)
    ]
    for file, script in source.scripts.items():
        deletes += [Where(file, line) for line in script.deletes]
    return [*deletes, *source.calls("pop", "popitem", "remove", "discard", "clear", "delete")]


def removals_within(source: Source, extents: Iterable[tuple[str, range]]) -> list[int]:
    """The lines of those that stand in one of these extents, each a file and its lines."""
    places = [*extents]
    return [
        one.line
        for one in removals(source)
        if any(one.file == file and one.line in lines for file, lines in places)
    ]


def emptied(source: Source) -> list[Where]:
    """Where what is kept is emptied, in a handler of Python, or by a call of clear."""
    handling = {(one.where.file, one.function) for one in source.listeners}
    assigned = (
        Where(file, node.lineno)
        for file, node, around in source.nodes
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in _EMPTY
        for function in around
        if isinstance(function, FUNCTIONS) and (file, function.name) in handling
        if is_kept(node.targets[0], function)
    )
    return [*source.calls("clear"), *assigned]


def a_map_as_json(source: Source) -> Where | None:
    """Where a Node server makes a Map, or a Set, if nothing there makes an object or a list."""
    made = source.calls("Map", "Set") if source.scripts else []
    return made[0] if made and not source.calls("fromEntries", "from") else None


def never_assigned(source: Source) -> list[tuple[str, Where]]:
    """The properties of sockets that a Node server reads, and nowhere assigns."""
    assigned = {name for script in source.scripts.values() for name in script.assigned}
    return [
        (name, Where(file, line))
        for file, script in source.scripts.items()
        for name, line in script.read
        if name not in assigned
    ]


def adds(source: Source) -> bool:
    """Whether anything is put into what is kept, somewhere in a function; in Node it may be."""
    return bool(source.scripts) or any(
        is_addition(node)
        for _, node, around in source.nodes
        if any(isinstance(outer, FUNCTIONS) for outer in around)
    )
