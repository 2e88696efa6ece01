"""The page's script: handlers missing, the wrong element, markup, lists that are not emptied."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.dev.mutants.names import misspelt, underscored
from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.script import Call, PageChange, Script

OPERATORS: list[Operator[Script, PageChange]] = []
_page = operators("page", OPERATORS)

_SPELT = ("page-misspells-event", "misspelt-event")


@_page("page-does-not-listen", "page-does-not-emit", "sent-by-the-browser")
def handler_missing(script: Script) -> Iterator[PageChange]:
    """The page does not listen to an event."""
    for call in script.calls("on", "addEventListener"):
        statement = script.statement(call.node)
        if statement.type == "expression_statement":
            yield PageChange(_event(script, call), (script.removed(statement),))


@_page(*_SPELT)
def misspelt_on_emit(script: Script) -> Iterator[PageChange]:
    """The page misspells an event that it emits."""
    yield from _spelt(script, "emit", misspelt)


@_page(*_SPELT)
def underscore_on_emit(script: Script) -> Iterator[PageChange]:
    """The page emits an event with underscores for spaces."""
    yield from _spelt(script, "emit", underscored)


@_page(*_SPELT)
def misspelt_on_listen(script: Script) -> Iterator[PageChange]:
    """The page misspells an event that it listens to."""
    yield from _spelt(script, "on", misspelt)


@_page("became-markup")
def markup(script: Script) -> Iterator[PageChange]:
    """A text is put into the page as HTML."""
    for node in script.nodes("member_expression"):
        name, around = node.child_by_field_name("property"), node.parent
        assigned = around is not None and around.type == "assignment_expression"
        if name and assigned and script.code(name) == "textContent":
            yield script.change(node, script.replaced(name, "innerHTML"))


@_page()
def not_emptied(script: Script) -> Iterator[PageChange]:
    """A list is not emptied before it is filled."""
    for call in script.calls("replaceChildren", "reset"):
        yield script.change(call.node, script.removed(script.statement(call.node)))


@_page("sent-by-the-browser")
def default_not_prevented(script: Script) -> Iterator[PageChange]:
    """The browser sends a form as well."""
    for call in script.calls("preventDefault"):
        yield script.change(call.node, script.removed(script.statement(call.node)))


@_page()
def statement_missing(script: Script) -> Iterator[PageChange]:
    """A statement is missing."""
    for node in script.nodes("expression_statement"):
        if node.parent and node.parent.type == "statement_block":
            yield script.change(node, script.removed(node))


@_page()
def done_twice(script: Script) -> Iterator[PageChange]:
    """Something is sent or added twice."""
    for call in script.calls("emit", "append"):
        statement = script.statement(call.node)
        if statement.type == "expression_statement":
            text = script.code(statement)
            if call.name == "append":  # an element that is appended again only moves
                last = script.code(call.arguments[-1])
                text = f"{call.receiver}.append({last}.cloneNode(true));"
            yield script.change(call.node, script.after(statement, text))


@_page("exception", "page-sends-otherwise")
def key_missing(script: Script) -> Iterator[PageChange]:
    """An object that is sent has lost a key."""
    for call in script.calls("emit"):
        for given in call.arguments:
            for pair in given.named_children if given.type == "object" else ():
                edit = script.replaced(pair, "")
                after = script.text[edit.end : edit.end + 1] == ","
                yield script.change(call.node, replace(edit, end=edit.end + after))


@_page("exception", "page-sends-otherwise")
def key_renamed(script: Script) -> Iterator[PageChange]:
    """An object that is sent has another name for a key."""
    for call in script.calls("emit"):
        for given in call.arguments:
            for pair in given.named_children if given.type == "object" else ():
                if key := pair.child_by_field_name("key"):
                    text = f"{script.code(key)}s"
                    yield script.change(call.node, script.replaced(key, text))


@_page()
def wrong_element(script: Script) -> Iterator[PageChange]:
    """A name stands for another element of the page."""
    selectors = [call.arguments[0] for call in script.calls("querySelector") if call.arguments]
    for own, other in zip(selectors, [*selectors[1:], *selectors[:1]], strict=True):
        if script.code(own) != script.code(other):
            yield script.change(own, script.replaced(own, script.code(other)))


@_page()
def condition_negated(script: Script) -> Iterator[PageChange]:
    """A condition is turned into its opposite."""
    for node in script.nodes("if_statement"):
        if test := node.child_by_field_name("condition"):
            yield script.change(node, script.replaced(test, f"(!{script.code(test)})"))


@_page()
def condition_removed(script: Script) -> Iterator[PageChange]:
    """What has a condition is done always."""
    for node in script.nodes("if_statement"):
        if test := node.child_by_field_name("condition"):
            yield script.change(node, script.replaced(test, "(true)"))


@_page()
def truth(script: Script) -> Iterator[PageChange]:
    """True is false, and false true."""
    for node in script.nodes("true", "false"):
        other = "false" if node.type == "true" else "true"
        yield script.change(node, script.replaced(node, other))


@_page()
def other_end(script: Script) -> Iterator[PageChange]:
    """What comes is put at the beginning instead of the end."""
    for call in script.calls("append"):
        name = call.node.named_children[0].child_by_field_name("property")
        if name:
            yield script.change(call.node, script.replaced(name, "prepend"))


@_page()
def spaces_kept(script: Script) -> Iterator[PageChange]:
    """The spaces around what is typed are kept."""
    for call in script.calls("trim"):
        yield script.change(call.node, script.replaced(call.node, call.receiver))


def _spelt(script: Script, name: str, spelt: Callable[[str], str]) -> Iterator[PageChange]:
    for call in script.calls(name):
        if call.receiver == "socket" and call.arguments and call.arguments[0].type == "string":
            own = script.code(call.arguments[0]).strip("\"'")
            if spelt(own) != own:
                edit = script.replaced(call.arguments[0], f'"{spelt(own)}"')
                yield PageChange(_event(script, call), (edit,))


def _event(script: Script, call: Call) -> str:
    """The event that a call names, as it is in the names of mutants."""
    return script.code(call.arguments[0]).strip("\"'").replace(" ", "-")
