"""A page's script as mutants change it: its syntax tree, and where each node stands in the text."""

from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from grader.dev.mutants.source import Edit

_JAVASCRIPT = Language(tree_sitter_javascript.language())


@dataclass(frozen=True)
class PageChange:
    """Edits that make one mutant, and the name of what they are in."""

    scope: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Call:
    """A call of a method: `socket.emit("new user", name)` has receiver socket and name emit."""

    node: Node
    receiver: str
    name: str
    arguments: tuple[Node, ...]


class Script:
    """The text of one script."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._bytes = text.encode()
        self.root = Parser(_JAVASCRIPT).parse(self._bytes).root_node

    def nodes(self, *kinds: str) -> Iterator[Node]:
        """All nodes of these kinds, in the order of the text."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            if node.type in kinds:
                yield node
            waiting += reversed(node.children)

    def calls(self, *names: str) -> Iterator[Call]:
        """All calls of methods with one of these names."""
        for node in self.nodes("call_expression"):
            function = node.child_by_field_name("function")
            arguments = node.child_by_field_name("arguments")
            if not function or function.type != "member_expression" or not arguments:
                continue
            receiver, name = map(function.child_by_field_name, ("object", "property"))
            if receiver and name and self.code(name) in names:
                given = tuple(arguments.named_children)
                yield Call(node, self.code(receiver), self.code(name), given)

    def code(self, node: Node) -> str:
        """The text of the node."""
        return self._bytes[node.start_byte : node.end_byte].decode()

    def statement(self, node: Node) -> Node:
        """The nearest statement around the node."""
        while node.parent and not node.type.endswith(("_statement", "_declaration")):
            node = node.parent
        return node

    @property
    def units(self) -> frozenset[str]:
        """The text of each statement that stands in no other."""
        return frozenset(map(self.code, self.root.named_children))

    def unit(self, edit: Edit) -> str:
        """The text of the statement, in no other one, in which the edit is."""
        inside = [one for one in self.root.named_children if edit.start < self._at(one.end_byte)]
        return self.code(inside[0]) if inside else ""

    def scope(self, node: Node) -> str:
        """The event, or the function, that the node belongs to; "module" outside."""
        at = node
        while at.parent:
            at = at.parent
            given = at.child_by_field_name("arguments")
            if given and len(given.named_children) > 1 and given.named_children[0].type == "string":
                return self.code(given.named_children[0]).strip("\"'").replace(" ", "-")
            if at.type == "function_declaration" and (name := at.child_by_field_name("name")):
                return self.code(name)
        return "module"

    def replaced(self, node: Node, text: str) -> Edit:
        """Something else in the node's place."""
        return Edit(self._at(node.start_byte), self._at(node.end_byte), text)

    def removed(self, statement: Node) -> Edit:
        """The statement's lines taken out."""
        start, end = self._at(statement.start_byte), self._at(statement.end_byte)
        first = self.text.rfind("\n", 0, start) + 1
        return Edit(first, self.text.find("\n", end) + 1, "")

    def after(self, statement: Node, line: str) -> Edit:
        """A line after the statement, as far in as it is."""
        end = self.text.find("\n", self._at(statement.end_byte)) + 1
        indent = " " * statement.start_point.column
        return Edit(end, end, f"{indent}{line}\n")

    def change(self, node: Node, *edits: Edit) -> PageChange:
        """A change at the node."""
        return PageChange(self.scope(node), edits)

    def _at(self, place: int) -> int:
        return len(self._bytes[:place].decode())
