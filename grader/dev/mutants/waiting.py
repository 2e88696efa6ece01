"""asyncio: what is not awaited, what is done in another order, what is done too late."""

import ast
from collections.abc import Iterator

from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.source import Change, Source

OPERATORS: list[Operator[Source, Change]] = []
_asyncio = operators("asyncio", OPERATORS)


@_asyncio("missing-await", "returns-a-coroutine", "bytes-as-text")
def await_missing(source: Source) -> Iterator[Change]:
    """An await is missing."""
    for node in source.nodes(ast.Await):
        yield Change(node, (source.replaced(node, source.code(node.value)),))


@_asyncio()
def statements_exchanged(source: Source) -> Iterator[Change]:
    """Two statements of a function stand in the other order."""
    for function in source.functions:
        for node in ast.walk(function):
            if isinstance(node, ast.stmt) and node is not function and not _holds(node):
                following = source.following(node)
                if following and not _holds(following) and not _leaves(node, following):
                    yield Change(node, source.exchanged(node, following))


@_asyncio("out-of-order", "told-before-removed")
def sleeps_between(source: Source) -> Iterator[Change]:
    """Others may run between the reading and the writing of what is shared."""
    for statement in source.nodes(ast.Delete):
        around = next(source.above(statement))
        if isinstance(around, ast.If) and isinstance(source.function(around), ast.AsyncFunctionDef):
            edit = source.before(statement, "await sio.sleep(0.05)")
            yield Change(statement, (edit,))


@_asyncio("out-of-order")
def sleeps_by_chance(source: Source) -> Iterator[Change]:
    """An event waits, now longer and now shorter, and the next one overtakes it."""
    for call in source.emits():
        statement = source.statement(call)
        lines = (
            "sio.turn = getattr(sio, 'turn', 0) + 1",
            "await sio.sleep(0.02 * (sio.turn % 3))",
        )
        if isinstance(source.function(call), ast.AsyncFunctionDef):
            yield Change(call, (source.before(statement, *lines),))


def _holds(statement: ast.stmt) -> bool:
    """Whether it has statements of its own, or declares something."""
    return hasattr(statement, "body") or isinstance(statement, ast.Import | ast.ImportFrom)


def _leaves(*statements: ast.stmt) -> bool:
    ends = (ast.Return, ast.Raise, ast.Continue, ast.Break)
    return any(isinstance(one, ends) for one in statements)
