"""Sessions, rooms and databases: who somebody is, which rooms a socket is in, what a query asks."""

import ast
from collections.abc import Iterator

from grader.dev.mutants.operator import Operator, operators
from grader.dev.mutants.source import Change, Source, is_text, keyword

OPERATORS: list[Operator[Source, Change]] = []
_session = operators("session", OPERATORS)
_room = operators("room", OPERATORS)
_database = operators("database", OPERATORS)

_REFUSALS = {"HTTPBadRequest": "HTTPOk", "HTTPUnauthorized": "HTTPForbidden"}
_LET_IN = (
    "cookie-not-checked",
    "session-not-asked",
    "anybody-binds-anybody",
    "sockets-not-known",
    "empty-name",
)


@_session()
def cookie_attribute(source: Source) -> Iterator[Change]:
    """The session cookie has lost an attribute that guards it."""
    for call in source.nodes(ast.Call):
        for name in ("httponly", "samesite"):
            if given := keyword(call, name):
                text = f"{name}={'False' if name == 'httponly' else 'None'}"
                yield Change(given, (source.replaced(given, text),))


@_session("unsigned-cookie")
def cookie_in_plain_text(source: Source) -> Iterator[Change]:
    """The session cookie is plain text, which anybody can write."""
    for call in source.nodes(ast.Call):
        if source.code(call.func) == "EncryptedCookieStorage":
            options = ", ".join(map(source.code, call.keywords))
            text = f"aiohttp_session.SimpleCookieStorage({options})"
            yield Change(call, (source.replaced(call, text),))


@_session(*_LET_IN, "name-changed", "utf8-not-checked", "ill-frame-accepted")
def not_refused(source: Source) -> Iterator[Change]:
    """What is to be refused is let through."""
    for statement in source.nodes(ast.Raise):
        refuses = isinstance(statement.exc, ast.Call) and "SeeOther" not in source.code(statement)
        if refuses:
            yield Change(statement, (source.removed(statement),))


@_session()
def another_status(source: Source) -> Iterator[Change]:
    """A request is refused with another status."""
    for node in source.nodes(ast.Attribute):
        if other := _REFUSALS.get(node.attr):
            text = f"{source.code(node.value)}.{other}"
            yield Change(node, (source.replaced(node, text),))


@_session("logout-keeps-the-cookie", "cookie-outlives-the-logout")
def logout_forgets_nothing(source: Source) -> Iterator[Change]:
    """A logout leaves the session as it was."""
    for call in source.calls("invalidate"):
        yield Change(call, (source.removed(source.statement(call)),))


@_session("one-user-for-all", "name-of-an-earlier-login")
def last_for_all(source: Source) -> Iterator[Change]:
    """The user who came last is taken for every socket's."""
    for node in source.nodes(ast.Subscript):
        read = isinstance(node.ctx, ast.Load) and source.code(node.slice) == "sid"
        if read and isinstance(node.value, ast.Name):
            text = f"list({node.value.id}.values())[-1]"
            yield Change(node, (source.replaced(node, text),))


@_session("name-from-the-payload")
def name_from_the_payload(source: Source) -> Iterator[Change]:
    """A message has the name that its sender claims, where it claims one."""
    for node in source.nodes(ast.Subscript):
        function = source.function(node)
        read = isinstance(node.ctx, ast.Load) and source.code(node.slice) == "sid"
        names = [one.arg for one in function.args.args] if function else []
        if read and "text" in names:
            claimed = f'text.get("username") if isinstance(text, dict) else {source.code(node)}'
            guard = [one for one in source.above(node) if isinstance(one, ast.If)]
            edits = [source.replaced(node, claimed)]
            edits += [source.replaced(one.test, "True") for one in guard]
            yield Change(node, tuple(edits))


@_room("room-not-left")
def not_left(source: Source) -> Iterator[Change]:
    """A socket stays in its room."""
    for call in source.calls("leave_room"):
        yield Change(call, (source.removed(source.statement(call)),))


@_room("another-room", "room-not-entered", "room-not-left")
def another_room(source: Source) -> Iterator[Change]:
    """A socket enters, or leaves, a room of another name than the one that is written to."""
    for call in source.calls("enter_room", "leave_room"):
        if len(call.args) == 2:
            text = f'f"the {{{source.code(call.args[1])}}}"'
            if is_text(call.args[1]):
                text = f'"the {call.args[1].value!s}"'
            yield Change(call, (source.replaced(call.args[1], text),))


@_room("message-to-all", "another-room")
def one_room_for_all(source: Source) -> Iterator[Change]:
    """All sockets enter the same room, whatever it is called."""
    for call in source.calls("enter_room"):
        if len(call.args) == 2 and not is_text(call.args[1]):
            yield Change(call, (source.replaced(call.args[1], '"everybody"'),))


@_room("room-not-entered")
def all_rooms_left(source: Source) -> Iterator[Change]:
    """A socket that leaves one room leaves all of them."""
    for call in source.calls("leave_room"):
        line = "for room in set(sio.rooms(sid)) - {sid}: await sio.leave_room(sid, room)"
        statement = source.statement(call)
        yield Change(call, (source.replaced(statement, line),))


@_room("empty-name-to-all")
def room_by_its_name_alone(source: Source) -> Iterator[Change]:
    """The name of a room is the text that came, which may be empty."""
    for node in source.nodes(ast.Return):
        function = source.function(node)
        if function and "room" in function.name and isinstance(node.value, ast.JoinedStr):
            yield Change(node, (source.replaced(node.value, function.args.args[0].arg),))


@_database("new-user-each-login")
def not_unique(source: Source) -> Iterator[Change]:
    """Nobody looks whether the user is there: each login makes a new one."""
    unique = [one for call in source.nodes(ast.Call) if (one := keyword(call, "unique"))]
    for statement in source.nodes(ast.Assign):
        value = statement.value
        found = isinstance(value, ast.Await) and "find_user(" in source.code(value)
        if found and unique and isinstance(source.following(statement), ast.If):
            edits = (source.replaced(unique[0], "unique=False"), source.replaced(value, "None"))
            yield Change(statement, edits)


@_database()
def not_committed(source: Source) -> Iterator[Change]:
    """What is added is never committed."""
    for call in source.calls("begin"):
        if source.code(call).endswith("session.begin()"):
            text = source.code(call).replace(".begin()", "()")
            yield Change(call, (source.replaced(call, text),))


@_database()
def query_without_where(source: Source) -> Iterator[Change]:
    """A query has lost its condition."""
    for call in source.calls("where"):
        assert isinstance(call.func, ast.Attribute)
        yield Change(call, (source.replaced(call, source.code(call.func.value)),))


@_database("query-per-user")
def query_for_each(source: Source) -> Iterator[Change]:
    """A list is read with one query for each of its users."""
    for call in source.calls("in_"):
        assert isinstance(call.func, ast.Attribute)
        function, column = source.function(call), source.code(call.func.value)
        if function and len(function.args.args) == 1:
            model = column.partition(".")[0]
            lines = (
                "found = {}",
                f"for one in {function.args.args[0].arg}:",
                "    async with new_session() as db:",
                f"        user = await db.scalar(select({model}).where({column} == one))",
                "        if user:",
                "            found[one] = user.as_json()",
                "return found",
            )
            yield Change(call, (source.before(function.body[0], *lines),))


@_database("name-changed")
def name_in_lower_case(source: Source) -> Iterator[Change]:
    """A user is kept under the name in small letters."""
    for call in source.nodes(ast.Call):
        given = keyword(call, "username")
        if given and source.code(given.value) == "username":
            text = "username=username.lower()"
            yield Change(given, (source.replaced(given, text),))
