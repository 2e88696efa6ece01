"""Transformations of how a server is written: names, order, helpers, annotations, logging."""

import ast
import random
from functools import partial
from itertools import groupby

from grader.dev.variants.transform import (
    FUNCTIONS,
    Transform,
    at_top,
    blocks,
    emits,
    handlers,
    imported,
    statements,
    transform,
)

FORM: list[Transform] = []

# A name of the solutions → what others call it.
_NAMES = {
    "sid": ("socket_id", "who", "client"),
    "username": ("user", "nick", "person"),
    "data": ("payload", "msg", "info"),
    "name": ("label", "title", "chosen"),
    "channel": ("place", "room_name"),
    "session": ("kept", "stored"),
    "reason": ("why", "_reason"),
    "online_users": ("people", "users_by_name"),
    "channels": ("rooms", "all_rooms"),
    "environ": ("request_environment", "_environ"),
    "user_id": ("uid", "owner"),
    "connected": ("present", "sockets"),
}


@transform(FORM)
def names_changed(trees: dict[str, ast.Module], draw: random.Random) -> bool:
    """Parameters and variables have other names."""
    used = {name for tree in trees.values() for name in _fixed(tree)}
    chosen = {
        name: draw.choice(others)
        for name, others in _NAMES.items()
        if name not in used and draw.random() < 0.7
    }
    changed = False
    for tree in trees.values():
        taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.arg):
                own = node.id if isinstance(node, ast.Name) else node.arg
                new = chosen.get(own, own)
                if new != own and new not in taken:
                    changed = True
                    if isinstance(node, ast.Name):
                        node.id = new
                    else:
                        node.arg = new
    return changed


@transform(FORM)
def handlers_renamed(trees: dict[str, ast.Module], draw: random.Random) -> bool:
    """The functions that handle events have other names."""
    changed = False
    for tree in trees.values():
        for function, event in [*handlers(tree)]:
            if function.name == event:
                continue  # it is registered by its name
            new = draw.choice(("on_", "handle_", "when_")) + function.name
            for node in ast.walk(tree):
                if isinstance(node, ast.Name) and node.id == function.name:
                    node.id = new
            function.name = new
            changed = True
    return changed


@transform(FORM)
def handlers_reordered(trees: dict[str, ast.Module], draw: random.Random) -> bool:
    """The handlers stand in another order."""
    changed = False
    for tree in trees.values():
        own = {id(function) for function, _ in handlers(tree)}
        for block in [*blocks(tree)]:
            runs = [[*run] for _, run in groupby(block, partial(_is_one, own))]
            for run in runs:
                if id(run[0]) in own and len(run) > 1:
                    draw.shuffle(run)
                    changed = True
            block[:] = [one for run in runs for one in run]
    return changed


@transform(FORM)
def emits_by_a_helper(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """Each emit is a call of a helper that emits."""
    changed = False
    for tree in trees.values():
        calls = [*emits(tree)]
        for call in calls:
            call.func = ast.Name("send_out", ast.Load())
            given = ast.Name("sio", ast.Load())
            call.args.insert(0, given)
        if calls:
            at_top(
                tree,
                "async def send_out(server, event, data=None, **options):\n"
                "    await server.emit(event, data, **options)\n",
            )
            changed = True
    return changed


@transform(FORM)
def annotated(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """Handlers have type annotations."""
    changed = False
    for tree in trees.values():
        for function, _event in handlers(tree):
            for argument in function.args.args[:1]:
                argument.annotation = ast.Name("str", ast.Load())
            function.returns = ast.Constant(None)
            changed = True
    return changed


@transform(FORM)
def logged(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """Each handler writes to the log and prints a line of its own."""
    changed = False
    for tree in trees.values():
        for function, event in handlers(tree):
            line = f"an event has come: {event}"
            function.body[:0] = statements(
                f"logging.getLogger('chat').warning({line!r})\nprint({line!r}, flush=True)"
            )
            imported(tree, "import logging")
            changed = True
    return changed


@transform(FORM)
def class_of_handlers(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """The handlers are called by a namespace class."""
    changed = False
    for tree in trees.values():
        for block in [*blocks(tree)]:
            found = [
                (one, event)
                for one, event in handlers(tree)
                if one in block and not isinstance(one, ast.FunctionDef)
            ]
            if len(found) < 2 or any(isinstance(one, ast.ClassDef) for one in block):
                continue
            for one, _event in found:
                one.decorator_list.clear()
            table = ", ".join(f"{event!r}: {one.name}" for one, event in found)
            last = max(block.index(one) for one, _event in found)
            block[last + 1 : last + 1] = statements(
                "class Chat(socketio.AsyncNamespace):\n"
                "    async def trigger_event(self, event, *args):\n"
                f"        handler = {{{table}}}.get(event)\n"
                "        if handler is not None:\n"
                "            return await handler(*args)\n"
                "sio.register_namespace(Chat('/'))\n"
            )
            imported(tree, "import socketio")
            changed = True
    return changed


@transform(FORM)
def early_returns(trees: dict[str, ast.Module], _: random.Random) -> bool:
    """A condition at the end of a handler becomes a return where it does not hold."""
    changed = False
    for tree in trees.values():
        for function, _event in handlers(tree):
            last = function.body[-1]
            if isinstance(last, ast.If) and not last.orelse:
                guard = ast.If(ast.UnaryOp(ast.Not(), last.test), [ast.Return()], [])
                function.body[-1:] = [guard, *last.body]
                changed = True
    return changed


def _is_one(ids: set[int], node: ast.stmt) -> bool:
    return id(node) in ids


def _fixed(tree: ast.Module) -> set[str]:
    """The names that are not free to be changed: keywords, and what is reached from outside."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, (ast.alias, *FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
    return found
