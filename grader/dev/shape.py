"""A source without its comments and its layout: two of one shape are one program."""

import ast
from pathlib import PurePosixPath

from tree_sitter import Language, Node, Parser
from tree_sitter_css import language as css
from tree_sitter_html import language as html
from tree_sitter_javascript import language as javascript

_LANGUAGES = {".css": css, ".html": html, ".js": javascript}
_COMMENTS = ("comment", "html_comment", "js_comment")  # what the three grammars call one


class ShapeError(Exception):
    """The source is no valid program. `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"a syntax error in line {line}")
        self.line = line


def shape(name: str, source: bytes) -> object:
    """A value equal for sources that differ in comments and layout alone.

    The name's ending tells the language; a file of an unknown one is its own shape. Raises
    ShapeError.
    """
    suffix = PurePosixPath(name).suffix
    if suffix == ".py":
        try:
            return ast.dump(ast.parse(source))
        except SyntaxError as error:
            raise ShapeError(error.lineno or 1) from error
    if suffix not in _LANGUAGES:
        return source
    root = Parser(Language(_LANGUAGES[suffix]())).parse(source).root_node
    if root.has_error:
        raise ShapeError(_first_error(root).start_point.row + 1)
    return _tree(root, source)


def is_comment(name: str, source: bytes) -> bool:
    """Whether there is nothing but comments in the source. Raises ShapeError."""
    return shape(name, source) == shape(name, b"")


def _tree(node: Node, source: bytes) -> tuple[object, ...]:
    """The node's type, and its children, or its text where it has none.

    Some grammars leave text between the children, as the 1 of CSS's 1px: it counts, unless it is
    white space.
    """
    parts: list[object] = [node.type]
    end = node.start_byte
    for child in node.children:
        parts.append(source[end : child.start_byte].strip())
        end = child.end_byte
        if child.type not in _COMMENTS:
            parts.append(_tree(child, source))
    rest = source[end : node.end_byte]
    parts.append(rest.strip() if node.children else rest)
    return tuple(part for part in parts if part != b"")


def _first_error(node: Node) -> Node:
    """The deepest first node that is an error, or that is missing."""
    for child in node.children:
        if child.has_error or child.is_missing:
            return _first_error(child)
    return node
