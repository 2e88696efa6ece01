"""What a server keeps: not saved, not removed, too early or too late, the wrong one, shared."""

import ast
from collections.abc import Iterator

from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.source import Change, Source

OPERATORS: list[Operator[Source, Change]] = []
_state = operators("state", OPERATORS)

_SAVED = ("not-saved", "name-not-kept", "message-not-saved", "general-missing", "not-answered-yet")
_REMOVED = (
    "told-before-removed",
    "never-removed",
    "left-not-told",
    "still-counted",
    "modal-never-removed",
    "modal-closed-and-kept",
)


@_state(
    *_SAVED,
    "binding-not-remembered",
    "leaving-not-told",
    "login-not-kept",
    "maker-not-taken",
    "room-not-entered",
)
def not_saved(source: Source) -> Iterator[Change]:
    """Something is not saved."""
    for statement in source.nodes(ast.Assign):
        if isinstance(statement.targets[0], ast.Subscript):
            yield Change(statement, (source.removed(statement),))
    for call in source.calls("append", "setdefault", "save_session", "add", "enter_room"):
        if source.function(call) and isinstance(source.statement(call), ast.Expr):
            yield Change(call, (source.removed(source.statement(call)),))


@_state(*_REMOVED)
def not_removed(source: Source) -> Iterator[Change]:
    """Something is not removed."""
    for statement in source.nodes(ast.Delete):
        yield Change(statement, (source.removed(statement),))
    for call in source.calls("pop", "discard", "remove"):
        if isinstance(source.statement(call), ast.Expr):
            yield Change(call, (source.removed(source.statement(call)),))


@_state("everybody-removed", "stranger-removes")
def all_removed(source: Source) -> Iterator[Change]:
    """Everything is removed instead of one entry."""
    for statement, kept, _ in _deletes(source):
        yield Change(statement, (source.replaced(statement, f"{kept}.clear()"),))


@_state("stranger-removes", "wrong-entry-removed", "everybody-removed", "one-name-for-all")
def another_removed(source: Source) -> Iterator[Change]:
    """The oldest or the newest entry is removed, not that of the client that goes."""
    for statement, kept, _ in _deletes(source):
        oldest = f"del {kept}[next(iter({kept}))]"
        for text in (oldest, f"{kept}.popitem()"):
            yield Change(statement, (source.replaced(statement, text),))


@_state("told-before-removed")
def removed_too_late(source: Source) -> Iterator[Change]:
    """Something is removed after the others have been told."""
    for statement in source.nodes(ast.Delete):
        following = source.following(statement)
        if following:
            yield Change(statement, source.exchanged(statement, following))


@_state(
    "everybody-removed",
    "others-forgotten",
    "not-saved",
    "message-not-saved",
    "only-the-last",
    "existing-emptied",
)
def replaced_not_added(source: Source) -> Iterator[Change]:
    """What is saved takes the place of all that was."""
    for statement, kept, _, _ in _assigned(source):
        yield Change(statement, (source.before(statement, f"{kept}.clear()"),))
    for call in source.calls("append"):
        assert isinstance(call.func, ast.Attribute)
        line = f"{source.code(call.func.value)}.clear()"
        yield Change(call, (source.before(source.statement(call), line),))


@_state("not-the-sid", "anothers-sid", "turned-around")
def wrong_value(source: Source) -> Iterator[Change]:
    """Something else is saved in the place of the value."""
    for statement, _, key, value in _assigned(source):
        for text in ("True", key, f"{value}[:8]"):
            if value == "sid":
                yield Change(statement, (source.replaced(statement.value, text),))


@_state("turned-around", "not-the-sid", "name-not-kept")
def turned_around(source: Source) -> Iterator[Change]:
    """The key is saved under the value."""
    for statement, kept, key, value in _assigned(source):
        if value == "sid":
            text = f"{kept}[{value}] = {key}"
            yield Change(statement, (source.replaced(statement, text),))


@_state("name-changed", "not-saved", "text-changed", "leaving-not-told")
def key_changed(source: Source) -> Iterator[Change]:
    """The key is saved in small letters, without spaces around it, or cut."""
    for statement, kept, key, value in _assigned(source):
        if key == "sid" or key.startswith('"'):
            continue  # what is never in capitals, and has no spaces
        for text in (f"{key}.lower()", f"{key}.strip()", f"{key}[:16]"):
            new = f"{kept}[{text}] = {value}"
            yield Change(statement, (source.replaced(statement, new),))


@_state("not-saved", "anothers-sid", "joined-twice", "binding-not-remembered")
def first_stays(source: Source) -> Iterator[Change]:
    """What was saved first stays: a second time changes nothing."""
    for statement, kept, key, value in _assigned(source):
        text = f"{kept}.setdefault({key}, {value})"
        yield Change(statement, (source.replaced(statement, text),))


@_state("existing-emptied")
def emptied_again(source: Source) -> Iterator[Change]:
    """What exists is emptied when it is made once more."""
    for call in source.calls("setdefault"):
        assert isinstance(call.func, ast.Attribute)
        kept, (key, value) = source.code(call.func.value), map(source.code, call.args)
        yield Change(call, (source.replaced(call, f"{kept}[{key}] = {value}"),))


@_state("histories-mixed", "message-not-saved")
def shared(source: Source) -> Iterator[Change]:
    """All channels have one history."""
    for node in source.nodes(ast.Subscript):
        if source.code(node.value) == "channels":
            yield Change(node, (source.replaced(node.slice, '"General"'),))


@_state("one-name-for-all", "stranger-removes", "anothers-sid")
def one_for_all(source: Source) -> Iterator[Change]:
    """The last name that was saved is kept for all sockets."""
    for call in source.calls("get_session"):
        text = "{'username': getattr(sio, 'last', None)}"
        saved = [one for one in source.calls("save_session") if len(one.args) == 2]
        awaited = next(source.above(call))
        for one in saved:
            line = f"sio.last = {source.code(one.args[1])}['username']"
            edits = (
                source.before(source.statement(one), line),
                source.replaced(awaited if isinstance(awaited, ast.Await) else call, text),
            )
            yield Change(call, edits)


@_state("message-not-saved", "only-the-last", "history-cut")
def history_cut(source: Source) -> Iterator[Change]:
    """Only the last five messages are kept."""
    for call in source.calls("append"):
        assert isinstance(call.func, ast.Attribute)
        line = f"del {source.code(call.func.value)}[:-5]"
        yield Change(call, (source.after(source.statement(call), line),))


@_state("message-not-saved", "text-changed")
def said_twice_kept_once(source: Source) -> Iterator[Change]:
    """What is in the history already is not saved again."""
    for call in source.calls("append"):
        assert isinstance(call.func, ast.Attribute)
        code, (value,) = source.code(call.func.value), map(source.code, call.args)
        text = f"{code}.append({value}) if {value} not in {code} else None"
        yield Change(call, (source.replaced(call, text),))


@_state("general-missing", "not-saved")
def empty_at_start(source: Source) -> Iterator[Change]:
    """What a server begins with is missing."""
    for statement in source.tree.body:
        value = statement.value if isinstance(statement, ast.Assign) else None
        if isinstance(value, ast.Dict) and value.keys:
            yield Change(statement, (source.replaced(value, "{}"),))


@_state("everybody-removed", "existing-emptied", "not-saved", "message-not-saved")
def touched_elsewhere(source: Source) -> Iterator[Change]:
    """Another event empties what is kept."""
    kept = {kept for _, kept, _, _ in _assigned(source)}
    kept |= {source.code(node.value) for node in source.nodes(ast.Subscript)} & {"channels"}
    for handler in source.handlers:
        for name in sorted(kept - {"headers"}):
            if name.isidentifier() and name not in source.code(handler.function):
                first = handler.function.body[0]
                yield Change(handler.function, (source.before(first, f"{name}.clear()"),))


def _assigned(source: Source) -> Iterator[tuple[ast.Assign, str, str, str]]:
    """Statements as `kept[key] = value`, and the text of these three."""
    for node in source.nodes(ast.Assign):
        target = node.targets[0]
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            parts = (target.value, target.slice, node.value)
            kept, key, value = map(source.code, parts)
            yield node, kept, key, value


def _deletes(source: Source) -> Iterator[tuple[ast.Delete, str, str]]:
    """Statements as `del kept[key]`, and the text of these two."""
    for node in source.nodes(ast.Delete):
        target = node.targets[0]
        if isinstance(target, ast.Subscript):
            yield node, source.code(target.value), source.code(target.slice)
