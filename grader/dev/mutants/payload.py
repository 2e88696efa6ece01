"""What is sent: another shape, other keys, another text, an older value."""

import ast
import json
from collections.abc import Iterator

from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.source import Change, Source, is_text

OPERATORS: list[Operator[Source, Change]] = []
_payload = operators("payload", OPERATORS)

_SHAPE = ("wrapped", "keys-lost", "only-the-text", "json-text", "several-arguments")
_TEXT = ("text-changed", "name-changed", "text-stripped", "text-cut", "text-escaped")
_OBJECTS = ("data",)  # parameters that are an object with a text in it
_TEXTS = ("username", "name")  # parameters that are a text
_USERS = ("online_users",)  # names of what leads from a key to a value


@_payload("wrapped", "only-who-left")
def in_a_list(source: Source) -> Iterator[Change]:
    """A payload comes in a list."""
    yield from _emitted(source, "[{}]")


@_payload("wrapped")
def in_an_object(source: Source) -> Iterator[Change]:
    """A payload comes under a key of an object."""
    yield from _emitted(source, '{{"data": {}}}')


@_payload("json-text", *_SHAPE, "users-not-objects")
def as_text(source: Source) -> Iterator[Change]:
    """A payload is turned into text."""
    for call, payload in _payloads(source):
        if source.code(payload) not in _TEXTS:
            yield Change(call, (source.replaced(payload, f"str({source.code(payload)})"),))


@_payload("several-arguments")
def several(source: Source) -> Iterator[Change]:
    """A payload is followed by a second one."""
    for call, payload in _payloads(source):
        text = f"({source.code(payload)}, 1)"
        yield Change(call, (source.replaced(payload, text),))


@_payload("several-arguments", "no-payload", *_SHAPE)
def dropped(source: Source) -> Iterator[Change]:
    """An event is sent without its payload."""
    for call, payload in _payloads(source):
        yield Change(call, (source.replaced(payload, "None"),))


@_payload(
    "old-messages",
    "kept-from-before",
    "list-cached",
    "not-saved",
    "counted-after-the-emit",
    "listed-too-early",
)
def old_value(source: Source) -> Iterator[Change]:
    """The payload of the time before is sent, the first time the right one."""
    for call, payload in _payloads(source):
        code = source.code(payload)
        remember = (
            f"before = getattr(sio, 'before', {code})",
            f"sio.before = {_copied(code)}",
        )
        before = source.before(source.statement(call), *remember)
        yield Change(call, (before, source.replaced(payload, "before")))


@_payload(*_TEXT)
def lowered(source: Source) -> Iterator[Change]:
    """A text is sent in small letters."""
    yield from _changed(source, "{}.lower()")


@_payload(*_TEXT)
def stripped(source: Source) -> Iterator[Change]:
    """A text is sent without the spaces around it."""
    yield from _changed(source, "{}.strip()")


@_payload(*_TEXT)
def spaces_joined(source: Source) -> Iterator[Change]:
    """Several spaces in a text become one."""
    yield from _changed(source, '" ".join({}.split())')


@_payload(*_TEXT)
def cut(source: Source) -> Iterator[Change]:
    """A text is cut after thirty characters."""
    yield from _changed(source, "{}[:30]")


@_payload(*_TEXT, "not-ascii-lost")
def ascii_alone(source: Source) -> Iterator[Change]:
    """A text loses every letter that is not ASCII."""
    yield from _changed(source, '{}.encode("ascii", "ignore").decode()')


@_payload("text-escaped")
def escaped(source: Source) -> Iterator[Change]:
    """A text has its markup escaped."""
    yield from _changed(source, '{}.replace("<", "&lt;")')


@_payload("only-the-text", "keys-lost", *_SHAPE)
def text_alone(source: Source) -> Iterator[Change]:
    """Of an object its text alone is sent."""
    yield from _of_objects(source, '{}["message"]')


@_payload("keys-lost")
def known_keys_alone(source: Source) -> Iterator[Change]:
    """Of an object only the keys that are known are sent."""
    yield from _of_objects(source, '{{"sender": {0}["sender"], "message": {0}["message"]}}')


@_payload("keys-lost", "key-added", *_SHAPE)
def key_added(source: Source) -> Iterator[Change]:
    """An object gets a key more."""
    yield from _of_objects(source, '{{**{}, "sid": sid}}')


@_payload("keys-lost", "text-changed", "wrong-key")
def key_renamed(source: Source) -> Iterator[Change]:
    """A key of an object has another name."""
    yield from _of_objects(
        source,
        '{{"text" if key == "message" else key: value for key, value in {}.items()}}',
    )


@_payload("keys-exchanged", "keys-lost", "text-changed")
def keys_exchanged(source: Source) -> Iterator[Change]:
    """Two keys of an object have one another's values."""
    yield from _of_objects(source, '{{**{0}, "sender": {0}["message"], "message": {0}["sender"]}}')


@_payload(*_SHAPE, "wrong-key", "general-missing", "message-not-saved")
def literal_key(source: Source) -> Iterator[Change]:
    """An object that is written out has lost or renamed a key."""
    for node in source.nodes(ast.Dict):
        if not any(node in ast.walk(call) for call in source.calls("emit", "append")) and not (
            isinstance(source.statement(node), ast.Assign)
        ):
            continue
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None or not is_text(key):
                continue
            others = [
                f"{source.code(k)}: {source.code(v)}"
                for k, v in zip(node.keys, node.values, strict=True)
                if k is not key and k is not None
            ]
            renamed = json.dumps(f"{key.value!s}s")
            yield Change(node, (source.replaced(node, f"{{{', '.join(others)}}}"),))
            new = [*others, f"{renamed}: {source.code(value)}"]
            yield Change(node, (source.replaced(node, f"{{{', '.join(new)}}}"),))


@_payload("list-of-names", *_SHAPE, "not-an-object")
def keys_of_users(source: Source) -> Iterator[Change]:
    """The names of the users are sent without their socket ids."""
    yield from _of_users(source, "list({})")


@_payload("turned-around")
def users_turned_around(source: Source) -> Iterator[Change]:
    """The users are sent with socket ids for keys and names for values."""
    yield from _of_users(source, "{{sid: name for name, sid in {}.items()}}")


@_payload("list-of-names", "users-not-objects", *_SHAPE)
def users_as_pairs(source: Source) -> Iterator[Change]:
    """The users are sent as a list of pairs."""
    yield from _of_users(source, "[[name, sid] for name, sid in {}.items()]")


@_payload("not-saved", "users-cut", "newcomer-gets-nothing")
def users_cut(source: Source) -> Iterator[Change]:
    """Only the first five users are sent."""
    yield from _of_users(source, "dict(list({}.items())[:5])")


@_payload("only-who-left", "left-names-the-socket")
def one_name_for_users(source: Source) -> Iterator[Change]:
    """One name is sent in place of all users."""
    for call, payload in _payloads(source):
        if source.code(payload) in _USERS and source.scope(call) == "disconnect":
            yield Change(call, (source.replaced(payload, "username"),))


@_payload("channels-sorted", "channels-not-names", "exception")
def list_in_another_order(source: Source) -> Iterator[Change]:
    """A list is sent sorted, or from its end."""
    for call, payload in _payloads(source):
        if isinstance(payload, ast.Call) and source.code(payload.func) == "list":
            for function in ("sorted({})", "list(reversed({}))"):
                text = function.format(source.code(payload))
                yield Change(call, (source.replaced(payload, text),))


@_payload("channels-not-names", "wrapped", "exception", *_SHAPE)
def list_as_it_is_kept(source: Source) -> Iterator[Change]:
    """What is kept is sent itself, and not the list of its names."""
    for call, payload in _payloads(source):
        if isinstance(payload, ast.Call) and source.code(payload.func) == "list":
            yield Change(call, (source.replaced(payload, source.code(payload.args[0])),))


@_payload(
    "only-the-last",
    "newest-first",
    "history-of-texts",
    "history-cut",
    "history-not-sent",
    "message-not-saved",
)
def history_in_part(source: Source) -> Iterator[Change]:
    """A history is sent from its end, without its beginning, or without its senders."""
    for node in source.nodes(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None and is_text(key) and key.value == "messages":
                code = source.code(value)
                for text in (
                    f"{code}[::-1]",
                    f"{code}[-1:]",
                    f"{code}[:-1]",
                    f"{code}[-10:]",
                    f'[one["message"] for one in {code}]',
                    f'list({{one["message"]: one for one in {code}}}.values())',
                    "[]",
                ):
                    yield Change(node, (source.replaced(value, text),))


def _payloads(source: Source) -> Iterator[tuple[ast.Call, ast.expr]]:
    for call in source.emits():
        if len(call.args) > 1:
            yield call, call.args[1]


def _emitted(source: Source, text: str) -> Iterator[Change]:
    for call, payload in _payloads(source):
        yield Change(call, (source.replaced(payload, text.format(source.code(payload))),))


def _of_objects(source: Source, text: str) -> Iterator[Change]:
    for call, payload in _payloads(source):
        if _came_in(source, call, source.code(payload)):
            yield Change(call, (source.replaced(payload, text.format(source.code(payload))),))


def _of_users(source: Source, text: str) -> Iterator[Change]:
    for call, payload in _payloads(source):
        if source.code(payload) in _USERS:
            yield Change(call, (source.replaced(payload, text.format(source.code(payload))),))


def _changed(source: Source, text: str) -> Iterator[Change]:
    """A text that is sent, or the text in an object that is, or a key under which it is kept."""
    for call, payload in _payloads(source):
        code = source.code(payload)
        if code in _TEXTS:
            yield Change(call, (source.replaced(payload, text.format(code)),))
        elif _came_in(source, call, code):
            new = text.format(f'{code}["message"]')
            yield Change(call, (source.replaced(payload, f'{{**{code}, "message": {new}}}'),))


def _came_in(source: Source, call: ast.Call, code: str) -> bool:
    """Whether a name is that of the object which a handler is called with."""
    function = source.function(call)
    names = [one.arg for one in function.args.args] if function else []
    return code in _OBJECTS and code in names


def _copied(code: str) -> str:
    """A copy of a dict, which goes on changing; anything else as it is."""
    return f"dict({code})" if code in _USERS else code
