"""The classical operators: conditions, constants, comparisons, arithmetic, return values."""

import ast
import json
from collections.abc import Iterator

from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.source import Change, Source

OPERATORS: list[Operator[Source, Change]] = []
_classical = operators("classical", OPERATORS)

_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
_COUNTED: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.BitXor: "|",
    ast.Mod: "//",
    ast.LShift: ">>",
    ast.RShift: "<<",
}


@_classical()
def condition_negated(source: Source) -> Iterator[Change]:
    """A condition is turned into its opposite."""
    for node in source.nodes(ast.If):
        if not _starts(source, node):
            text = f"not ({source.code(node.test)})"
            yield Change(node, (source.replaced(node.test, text),))


@_classical()
def condition_removed(source: Source) -> Iterator[Change]:
    """What has a condition is done always."""
    for node in source.nodes(ast.If):
        if not _starts(source, node):
            yield Change(node, (source.replaced(node.test, "True"),))


@_classical()
def condition_never(source: Source) -> Iterator[Change]:
    """What has a condition is never done."""
    for node in source.nodes(ast.If):
        if not _starts(source, node):
            yield Change(node, (source.replaced(node.test, "False"),))


@_classical()
def part_of_a_condition(source: Source) -> Iterator[Change]:
    """One part of a condition is left out."""
    for node in source.nodes(ast.BoolOp):
        for value in node.values:
            others = [source.code(one) for one in node.values if one is not value]
            joined = (" and " if isinstance(node.op, ast.And) else " or ").join(others)
            yield Change(node, (source.replaced(node, f"({joined})"),))


@_classical()
def number(source: Source) -> Iterator[Change]:
    """A number is one more, or one less."""
    for node in source.nodes(ast.Constant):
        if type(node.value) is int:
            for value in (node.value + 1, node.value - 1):
                yield Change(node, (source.replaced(node, str(value)),))


@_classical()
def text(source: Source) -> Iterator[Change]:
    """A text has one letter more."""
    for node in source.nodes(ast.Constant):
        around = next(source.above(node))
        if isinstance(node.value, str) and not isinstance(around, ast.JoinedStr | ast.Expr):
            # Half a character, which no file can hold, stays written as an escape.
            new = json.dumps(f"{node.value}x", ensure_ascii=not node.value.isprintable())
            yield Change(node, (source.replaced(node, new),))


@_classical()
def truth(source: Source) -> Iterator[Change]:
    """True is False, and False True."""
    for node in source.nodes(ast.Constant):
        if isinstance(node.value, bool):
            yield Change(node, (source.replaced(node, str(not node.value)),))


@_classical()
def comparison(source: Source) -> Iterator[Change]:
    """Two values are compared in another way."""
    for node in source.nodes(ast.Compare):
        if len(node.ops) == 1 and not _starts(source, node):
            sign = _COMPARED[type(node.ops[0])]
            new = f"{source.code(node.left)} {sign} {source.code(node.comparators[0])}"
            yield Change(node, (source.replaced(node, new),))


@_classical()
def arithmetic(source: Source) -> Iterator[Change]:
    """Two values are put together in another way."""
    for node in source.nodes(ast.BinOp):
        if sign := _COUNTED.get(type(node.op)):
            new = f"{source.code(node.left)} {sign} {source.code(node.right)}"
            yield Change(node, (source.replaced(node, new),))


@_classical()
def nothing_returned(source: Source) -> Iterator[Change]:
    """A function returns nothing."""
    for node in source.nodes(ast.Return):
        if node.value is not None:
            yield Change(node, (source.replaced(node.value, "None"),))


@_classical()
def statement_missing(source: Source) -> Iterator[Change]:
    """A statement is missing."""
    for function in source.functions:
        for node in ast.walk(function):
            if isinstance(node, ast.stmt) and node is not function and not hasattr(node, "body"):
                yield Change(node, (source.removed(node),))


def _starts(source: Source, node: ast.AST) -> bool:
    """Whether it belongs to `if __name__ == "__main__"`."""
    return "__name__" in source.code(source.statement(node)).partition("\n")[0]
