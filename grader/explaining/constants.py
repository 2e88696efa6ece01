"""Names that stand for a text in Python's source: of a file, of a class, of an enumeration."""

import ast
from collections.abc import Iterable, Mapping

Constants = Mapping[str, str]


def constants(trees: Iterable[ast.Module]) -> Constants:
    """The names that are given one text, and no other, in whichever file."""
    found: dict[str, set[str]] = {}
    for tree in trees:
        classes = (node.body for node in tree.body if isinstance(node, ast.ClassDef))
        for block in (tree.body, *classes):
            for statement in block:
                match statement:
                    case (
                        ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)))
                        | ast.AnnAssign(
                            target=ast.Name(id=name), value=ast.Constant(value=str(text))
                        )
                    ):
                        found.setdefault(name, set()).add(text)
    return {name: texts.pop() for name, texts in found.items() if len(texts) == 1}


def text_of(node: ast.expr | None, known: Constants) -> str | None:
    """The text that an expression is, by itself or by its name; None where that cannot be read."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Attribute(value=inner, attr="value"):  # of a member of an enumeration
            return text_of(inner, known)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return known.get(name)
    return None
