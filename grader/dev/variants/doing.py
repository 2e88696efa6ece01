"""Transformations of what a server does: where it keeps things, how it sends, what it adds."""

import ast
import random

from grader.dev.variants.transform import (
    Transform,
    at_top,
    blocks,
    emits,
    handlers,
    imported,
    statements,
    transform,
)

DOING: list[Transform] = []

LONGEST_SLEEP = 0.4  # seconds
PORTS = range(3100, 3200)

_NARROWING = {"to", "room", "skip_sid"}


@transform(DOING)
def sessions_in_a_dict(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """What a socket's session holds is kept in a dict of the server's own."""
    changed = False
    for tree in trees.values():
        for node in ast.walk(tree):
            for field, value in ast.iter_fields(node):
                call = value.value if isinstance(value, ast.Await) else None
                if not isinstance(call, ast.Call):
                    continue
                given = ", ".join(map(ast.unparse, call.args))
                if ast.unparse(call.func) == "sio.get_session":
                    setattr(node, field, _expression(f"dict(sessions_by_sid.get({given}, {{}}))"))
                elif ast.unparse(call.func) == "sio.save_session":
                    setattr(node, field, _expression(f"sessions_by_sid.update([({given})])"))
                else:
                    continue
                changed = True
        if changed and "sessions_by_sid" in ast.unparse(tree):
            at_top(tree, "sessions_by_sid = {}\n")
    return changed


@transform(DOING)
def emitted_to_each(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """What is for everybody is sent to one socket after the other."""
    changed = False
    for tree in trees.values():
        for block in blocks(tree):
            for i, statement in enumerate(block):
                call = _awaited_emit(statement)
                if call is None or _NARROWING & {one.arg for one in call.keywords}:
                    continue
                event, data = map(ast.unparse, call.args)
                block[i : i + 1] = statements(
                    "for each_sid, _ in [*sio.manager.get_participants('/', None)]:\n"
                    f"    await sio.emit({event}, {data}, to=each_sid)\n"
                )
                changed = True
    return changed


@transform(DOING)
def answered_after_a_while(trees: dict[str, ast.Module], draw: random.Random) -> bool:
    """An answer is sent after a sleep."""
    changed = False
    for tree in trees.values():
        for block in blocks(tree):
            for statement in [*block]:
                call = _awaited_emit(statement)
                if call and any(
                    one.arg == "to" and ast.unparse(one.value) == "sid" for one in call.keywords
                ):
                    seconds = round(draw.uniform(0.05, LONGEST_SLEEP), 2)
                    at = block.index(statement)
                    block[at:at] = statements(f"await sio.sleep({seconds})")
                    changed = True
    return changed


@transform(DOING)
def more_events(trees: dict[str, ast.Module], draw: random.Random) -> bool:
    """The server sends, and takes, events of its own beside those of the course."""
    changed = False
    for tree in trees.values():
        for function, event in [*handlers(tree)]:
            if isinstance(function, ast.AsyncFunctionDef) and event not in ("connect",):
                line = f"await sio.emit('something happened', {{'event': {event!r}}})"
                at = draw.choice((0, len(function.body)))
                function.body[at:at] = statements(line)
                changed = True
    return changed


@transform(DOING)
def rooms_left_on_a_change(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """A socket that enters a room leaves the one that it was in."""
    changed = False
    for path, tree in trees.items():
        for block in blocks(tree):
            for statement in [*block]:
                if path == "chat.py" and ast.unparse(statement).startswith(
                    "await sio.enter_room(sid, name)"
                ):
                    at = block.index(statement)
                    block[at:at] = statements(
                        "for room in [one for one in sio.rooms(sid) if one not in (sid, name)]:\n"
                        "    await sio.leave_room(sid, room)\n"
                    )
                    changed = True
    return changed


@transform(DOING)
def messages_in_a_dataclass(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """What is kept of a message is an object of a class."""
    changed = False
    for tree in trees.values():
        keeps = _Keeps()
        keeps.visit(tree)
        if keeps.found:
            at_top(
                tree,
                "@dataclasses.dataclass\nclass Kept:\n    sender: str\n    message: str\n",
            )
            imported(tree, "import dataclasses")
            changed = True
    return changed


@transform(DOING)
def users_in_a_dataclass(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """What is kept of a user is an object, and an object for the page is made of all of them."""
    changed = False
    for tree in trees.values():
        for node in [*ast.walk(tree)]:
            saved = isinstance(node, ast.Assign) and ast.unparse(node) == _SAVED
            if isinstance(node, ast.Assign) and saved:
                node.value = _expression("Online(username, sid)")
                changed = True
        if not changed or "Online(" not in ast.unparse(tree):
            continue
        for call in emits(tree):
            for i, given in enumerate(call.args):
                if ast.unparse(given) == "online_users":
                    call.args[i] = _expression(
                        "{name: one.socket for name, one in online_users.items()}"
                    )
        at_top(tree, "@dataclasses.dataclass\nclass Online:\n    name: str\n    socket: str\n")
        imported(tree, "import dataclasses")
    return changed


@transform(DOING)
def port_of_its_own(trees: dict[str, ast.Module], draw: random.Random) -> bool:
    """The server listens on a port of its own choice."""
    for tree in trees.values():
        for call in ast.walk(tree):
            for keyword in call.keywords if isinstance(call, ast.Call) else ():
                if keyword.arg == "port":
                    keyword.value = ast.Constant(draw.choice(PORTS))
                    return True
    return False


@transform(DOING)
def state_in_a_module(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """What app.py keeps stands in a module beside it."""
    tree = trees.get("app.py")
    kept = [
        one
        for one in (tree.body if tree else ())
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Dict)
    ]
    if not tree or not kept or "state.py" in trees:
        return False
    names = [ast.unparse(one.targets[0]) for one in kept]
    tree.body = [one for one in tree.body if one not in kept]
    imported(tree, f"from state import {', '.join(names)}")
    trees["state.py"] = ast.Module(list(kept), [])
    return True


_SAVED = "online_users[username] = sid"


class _Keeps(ast.NodeTransformer):
    """Changes what is appended to a channel, and what is made of it for the page."""

    def __init__(self) -> None:
        self.found = False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            (value,) = node.args
            if isinstance(value, ast.Dict):
                self.found = True
                node.args = [_expression(f"Kept(**{ast.unparse(value)})")]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        self.generic_visit(node)
        for i, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            kept = isinstance(value, ast.Subscript)
            if kept and isinstance(key, ast.Constant) and key.value == "messages":
                node.values[i] = _expression(
                    f"[dataclasses.asdict(one) for one in {ast.unparse(value)}]"
                )
        return node


def _awaited_emit(statement: ast.stmt) -> ast.Call | None:
    value = statement.value if isinstance(statement, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else None
    if isinstance(call, ast.Call) and ast.unparse(call.func) == "sio.emit" and len(call.args) == 2:
        return call
    return None


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
