"""What is empty counts as false in Python: a channel in which nothing was said, taken for none."""

import ast
from collections.abc import Iterator

from grader.explaining.evidence import Evidence
from grader.explaining.syntax import called
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.report.result import Mistake, Where

_NEW, _CHANGE, _MESSAGE = "new channel", "user changed channel", "new message"


def empty_is_false(e: Evidence) -> Mistake | None:
    """Nothing comes of a channel in which nothing was said, as what is empty counts as false."""
    act = e.act
    if not act or act.event not in (_NEW, _CHANGE, _MESSAGE) or e.traces:
        return None
    (value,) = act.args or (None,)
    channel = value.get("channel") if isinstance(value, dict) else value
    said = any(
        one.kind is Kind.HEARD and one.event == _MESSAGE and one.args[0]["channel"] == channel
        for one in e.conversation.entries
        if one.args and isinstance(one.args[0], dict) and "channel" in one.args[0]
    )
    handler = e.source.handler_of(act.event)
    missing = e.about(_MESSAGE, Fault.MISSING) or e.about(_CHANGE, Fault.MISSING)
    if said or not handler or not missing or e.hearers(missing[0].event):
        return None
    for test in _tests_of_what_is_kept(e, act.event) if _keeps_lists(e) else ():
        return Mistake(
            "empty-is-false",
            f"nothing was said in {channel} yet, and an empty list counts as false, as if there "
            "were no such channel: ask `if name in channels`.",
            Where(handler.file, test.lineno),
        )
    return None


def _tests_of_what_is_kept(e: Evidence, event: str) -> Iterator[ast.expr]:
    """Where the handler of an event tests whether what it has looked up is anything at all."""
    nodes = list(e.source.inside(event))
    calls = {called(one) for one in nodes if isinstance(one, ast.Call)}
    if any(one.function in calls for one in e.source.listening_to(_CHANGE)):
        nodes += e.source.inside(_CHANGE)  # which a handler of a new channel may well call
    assigned = [(one.targets[0], one.value) for one in nodes if isinstance(one, ast.Assign)]
    assigned += [(one.target, one.value) for one in nodes if isinstance(one, ast.NamedExpr)]
    names = {name.id for name, value in assigned if isinstance(name, ast.Name) and _looks_up(value)}
    for one in nodes:
        if not isinstance(one, ast.If):
            continue
        test = one.test.operand if isinstance(one.test, ast.UnaryOp) else one.test
        test = test.value if isinstance(test, ast.NamedExpr) else test
        if _looks_up(test) or (isinstance(test, ast.Name) and test.id in names):
            yield one.test


def _looks_up(value: ast.expr) -> bool:
    """Whether it is `kept.get(name)`, or `kept[name]`: by a name, and not by a fixed key."""
    match value:
        case ast.Call(args=[key]) if called(value) == "get":
            return not isinstance(key, ast.Constant)
        case ast.Subscript(slice=key):
            return not isinstance(key, ast.Constant)
    return False


def _keeps_lists(e: Evidence) -> bool:
    """Whether what is kept under a name may be an empty list, or something else with a length."""
    for tree in e.source.trees.values():
        for one in ast.walk(tree):
            match one:
                case (
                    ast.Assign(targets=[ast.Subscript()], value=ast.List(elts=[]))
                    | ast.Call(args=[_, ast.List(elts=[])])
                    | ast.Call(func=ast.Name(id="defaultdict"), args=[ast.Name(id="list")])
                ):
                    return True
                case ast.Dict(values=values):
                    if any(isinstance(value, ast.List) for value in values):
                        return True
                case ast.FunctionDef(name="__len__"):
                    return True
    return False


RULES = (empty_is_false,)
