"""What Python's syntax tree says of handlers and emits, in python-socketio and Flask-SocketIO."""

import ast
from collections.abc import Iterator

from grader.explaining.constants import Constants, text_of

LEAVING_OUT = ("skip_sid", "include_self")
NARROWING = ("to", "room", *LEAVING_OUT)
_BEFORE_TO = 2  # of the arguments of python-socketio's emit: the event, and the data
TASKS = ("create_task", "ensure_future", "gather", "run", "wait_for", "start_background_task")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
LOOPS = (ast.For, ast.AsyncFor, ast.While)

# A node with its file, and the functions and loops around it, the outermost first.
Node = tuple[str, ast.AST, tuple[ast.AST, ...]]


def walk(file: str, tree: ast.Module) -> Iterator[Node]:
    """The nodes in the order of the text; a stack of our own, for trees deeper than Python's."""
    rest: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(tree, ())]
    while rest:
        node, around = rest.pop()
        if node is not tree:
            yield file, node, around
        if isinstance(node, (*FUNCTIONS, *LOOPS)):
            around = (*around, node)
        rest += [(child, around) for child in ast.iter_child_nodes(node)][::-1]


def dotted(function: ast.expr) -> str:
    """`time.sleep` for just that; "" where more than names and dots are called."""
    names: list[str] = []
    while isinstance(function, ast.Attribute):
        names.insert(0, function.attr)
        function = function.value
    return ".".join([function.id, *names]) if isinstance(function, ast.Name) else ""


def called(call: ast.Call) -> str:
    """The name of what is called, without what stands before its last dot."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def narrowed(call: ast.Call, *, flask: bool) -> tuple[str, ...]:
    """What narrows whom an emit reaches, in the words of python-socketio."""
    given = {k.arg: k.value for k in call.keywords if k.arg}
    found = [name for name in NARROWING if name in given]
    if {"to", "room"}.isdisjoint(found) and given_to(call, flask=flask):
        found.insert(0, "to")
    if "include_self" in found and not is_false(given["include_self"]):
        found.remove("include_self")
    # emit(…) of Flask-SocketIO answers the client that asks.
    if flask and isinstance(call.func, ast.Name) and not found and "broadcast" not in given:
        found.append("to")
    return tuple(found)


def is_false(value: ast.expr | None) -> bool:
    """Whether it is the constant False."""
    return isinstance(value, ast.Constant) and value.value is False


def to_the_caller(call: ast.Call, around: tuple[ast.AST, ...], *, flask: bool) -> bool:
    """Whether an emit answers the client whose event is handled."""
    given = [k.arg for k in call.keywords]
    if flask and isinstance(call.func, ast.Name) and not {"to", "room"}.intersection(given):
        return narrowed(call, flask=True) == ("to",)
    if any(dotted(k.value) == "request.sid" for k in call.keywords if k.arg in ("to", "room")):
        return True
    functions = [outer for outer in around if isinstance(outer, FUNCTIONS)]
    callers = own_parameters(functions[-1])[:1] if functions else []
    to = given_to(call, flask=flask)
    return isinstance(to, ast.Name) and to.id in callers


def given_to(call: ast.Call, *, flask: bool) -> ast.expr | None:
    """What an emit is given as to= or room=, or as its third argument."""
    named = [keyword.value for keyword in call.keywords if keyword.arg in ("to", "room")]
    by_place = [] if flask else call.args[_BEFORE_TO:]
    return next(iter([*named, *by_place]), None)


def own_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names of a function's parameters, of a method without self."""
    return [one.arg for one in function.args.args if one.arg != "self"]


def events(
    function: ast.FunctionDef | ast.AsyncFunctionDef, known: Constants, *, spaced: bool
) -> list[tuple[str, bool]]:
    """The events that decorators, or a method's name in a class, register a function for, and
    whether by its name. `spaced`: where a method has _ in its name, its event has a space.
    """
    found = []
    method = function.args.args[:1] and function.args.args[0].arg == "self"
    if method and function.name.startswith("on_"):
        event = function.name.removeprefix("on_")
        found.append((event.replace("_", " ") if spaced else event, False))
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = decorator.attr if isinstance(decorator, ast.Attribute) else call and called(call)
        if name == "event":
            found.append((function.name, True))
        elif name == "on" and call and call.args and (text := text_of(call.args[0], known)):
            found.append((text, False))
    return found


def is_addition(node: ast.AST) -> bool:
    """Whether it keeps something: adds to what there is, or assigns to it."""
    if isinstance(node, ast.Call):
        return called(node) in ("add", "append", "setdefault", "update", "insert")
    kept = isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name)
    return kept or isinstance(node, ast.AugAssign | ast.Global | ast.Nonlocal)


def is_kept(target: ast.expr, function: ast.AST) -> bool:
    """Whether what a function assigns to outlives its call: an attribute, or an outer name."""
    if isinstance(target, ast.Attribute):
        return True
    outer = (one.names for one in ast.walk(function) if isinstance(one, ast.Global | ast.Nonlocal))
    return isinstance(target, ast.Name) and any(target.id in names for names in outer)


def deciding(function: ast.AST) -> set[str]:
    """The names on which something in the function is decided."""
    tests = (n.test for n in ast.walk(function) if isinstance(n, (ast.If, ast.IfExp, ast.While)))
    return {n.id for test in tests for n in ast.walk(test) if isinstance(n, ast.Name)}
