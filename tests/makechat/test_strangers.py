"""Mistakes that are read in sources of other styles: Node's, classes, names for events, helpers."""

from pathlib import Path
from textwrap import dedent

import pytest

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.explaining.recognising import recognise
from grader.explaining.source import Source
from grader.history.conversation import Conversation, Kind
from grader.history.findings import Fault, Finding
from grader.makechat.vocabulary import CHAT, COUNT, PRESENCE
from grader.report.result import Mistake, Where

JOIN, LEFT, ASK = "new user", "user has left", "get online users"
AMY, TERRY = "sid of amy", "sid of terry"
CHANNELS = "get channels"


def conversation(*, goes: bool = False) -> Conversation:
    """Amy and terry have joined; in the turn that is judged, amy joins again, or terry goes."""
    found = Conversation()
    for client, sid in (("amy", AMY), ("terry", TERRY)):
        found.record(Kind.CONNECTED, client)
        found.sids[sid] = client
        found.record(Kind.SENT, client, JOIN, (client,))
    if goes:
        found.record(Kind.LEFT, "terry", "disconnects")
    return found


def named(
    folder: Path, source: str, history: Conversation, *findings: Finding, file: str = "app.js"
) -> Mistake | None:
    """What a failed check of this source is told; the last entry of the history is the turn."""
    (folder / file).write_text(dedent(source), encoding="utf-8")
    since = len(history.entries) - 1
    evidence = Evidence(findings, history, since, (), None, Source(folder), 2.0, CHAT)
    return recognise(evidence)[0]


def silent(folder: Path, source: str, file: str = "app.js") -> Mistake | None:
    """What is told where nobody hears of somebody who joins."""
    missing = Finding(Fault.MISSING, "terry", JOIN, ("terry",))
    return named(folder, source, conversation(), missing, file=file)


def gone(folder: Path, source: str, file: str = "app.js") -> Mistake | None:
    """What is told where nobody hears of terry, who goes."""
    missing = Finding(Fault.MISSING, "amy", LEFT, ({"amy": AMY},))
    return named(folder, source, conversation(goes=True), missing, file=file)


def told(folder: Path, source: str, event: str, expected: object, got: object) -> Mistake | None:
    """What is told where amy hears something else of terry, who goes, than she should."""
    history = conversation(goes=True)
    history.record(Kind.HEARD, "amy", event, (got,))
    finding = Finding(Fault.DIFFERENT, "amy", event, (expected,), (got,), len(history.entries) - 1)
    (folder / "app.js").write_text(dedent(source), encoding="utf-8")
    since = len(history.entries) - 2
    evidence = Evidence([finding], history, since, (), None, Source(folder), 2.0, CHAT)
    return recognise(evidence)[0]


@pytest.mark.parametrize("before", [True, False])
def test_a_handler_that_is_registered_with_the_server(tmp_path: Path, *, before: bool) -> None:
    handler = 'io.on("new user", (name) => io.emit("new user", name));'
    connection = 'io.on("connection", (socket) => {});'
    source = "\n".join((handler, connection) if before else (connection, handler))
    mistake = silent(tmp_path, source)
    assert mistake
    assert mistake.id == "registered-with-the-server"
    assert mistake.where == Where("app.js", 1 if before else 2)


def test_a_name_for_an_event_is_read_in_node(tmp_path: Path) -> None:
    (tmp_path / "events.js").write_text('module.exports = { NEW_USER: "new_user" };\n')
    source = """
        const events = require("./events");
        io.on("connection", (socket) => {
          socket.on(events.NEW_USER, (name) => io.emit(events.NEW_USER, name));
        });
        """
    mistake = silent(tmp_path, source)
    assert mistake
    assert (mistake.id, mistake.where) == ("misspelt-event", Where("app.js", 4))


def test_a_name_for_an_event_is_read_in_python(tmp_path: Path) -> None:
    source = """
        class Events(StrEnum):
            NEW_USER = "new_user"

        @sio.on(Events.NEW_USER.value)
        async def join(sid, name):
            await sio.emit(Events.NEW_USER, name)
        """
    mistake = silent(tmp_path, source, "app.py")
    assert mistake
    assert (mistake.id, mistake.where) == ("misspelt-event", Where("app.py", 6))


@pytest.mark.parametrize(
    ("file", "source"),
    [
        (
            "app.py",
            """
            async def tell(event, *data):
                await sio.emit(event, *data, room="nobody")

            @sio.on("new user")
            async def join(sid, name):
                await tell("new user", name)
            """,
        ),
        (
            "app.js",
            """
            const tell = (event, data) => io.to("nobody").emit(event, data);
            io.on("connection", (socket) => {
              socket.on("new user", (name) => tell("new user", name));
            });
            """,
        ),
    ],
)
def test_what_a_helper_emits_is_not_said_to_be_never_emitted(
    tmp_path: Path, file: str, source: str
) -> None:
    assert silent(tmp_path, source, file) is None


def test_a_handler_that_emits_nothing_is_named_beside_a_helper(tmp_path: Path) -> None:
    source = """
        const tell = (event, data) => io.emit(event, data);
        io.on("connection", (socket) => {
          socket.on("new user", (name) => console.log(name));
          socket.on("new message", (data) => tell("new message", data));
        });
        """
    mistake = silent(tmp_path, source)
    assert mistake
    assert (mistake.id, mistake.where) == ("never-emitted", Where("app.js", 4))


NAMESPACE = """
    class Chat(socketio.AsyncNamespace):
        async def trigger_event(self, event, *args):
            return await super().trigger_event(event.replace(" ", "_"), *args)

        async def on_new_user(self, sid, name):
            await self.emit("new user", name, room="nobody")
    """


def test_a_namespace_that_is_never_registered(tmp_path: Path) -> None:
    mistake = silent(tmp_path, NAMESPACE, "app.py")
    assert mistake
    assert (mistake.id, mistake.where) == ("never-registered", Where("app.py", 6))
    assert 'sio.register_namespace(Chat("/"))' in mistake.text


def test_the_methods_of_a_namespace_may_handle_events_with_spaces(tmp_path: Path) -> None:
    registered = NAMESPACE + '\n    sio.register_namespace(Chat("/"))\n'
    mistake = silent(tmp_path, registered, "app.py")
    assert mistake
    assert (mistake.id, mistake.where) == ("emitted-to-nobody", Where("app.py", 7))


PAGE = 'socket.on("new user", (name) => { document.title = name; });\n'


@pytest.mark.parametrize("file", ["index.js", "client/index.js", "frontend/chat.js"])
def test_the_script_of_a_page_handles_nothing_for_a_server(tmp_path: Path, file: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(PAGE)
    mistake = silent(tmp_path, 'io.on("connection", (socket) => {});')
    assert mistake
    assert mistake.id == "no-handler"


def test_typescript_is_read(tmp_path: Path) -> None:
    source = """
        io.on("connection", (socket: Socket): void => {
          socket.on("new user", (name: string) => { console.log(name); });
        });
        """
    mistake = silent(tmp_path, source, "server.ts")
    assert mistake
    assert (mistake.id, mistake.where) == ("never-emitted", Where("server.ts", 3))


NODE = """
    io.on("connection", (socket) => {
      socket.on("new user", (name) => { users[name] = socket.id; %s });
      socket.on("disconnect", () => {
        %s
      });
    });
    """


def test_a_name_that_the_socket_was_never_given(tmp_path: Path) -> None:
    leaving = "if (delete users[socket.username]) socket.broadcast.emit('user has left', users);"
    mistake = gone(tmp_path, NODE % ("", leaving))
    assert mistake
    assert (mistake.id, mistake.where) == ("name-not-kept", Where("app.js", 5))
    assert "socket.username = username" in mistake.text
    for given in ("socket.username = name;", "socket['username'] = name;"):
        assert gone(tmp_path, NODE % (given, leaving)) is None


@pytest.mark.parametrize("name", ["Id", "ID", "sid"])
def test_an_id_that_no_socket_of_node_has(tmp_path: Path, name: str) -> None:
    source = NODE % (f"users[name] = socket.{name};", "io.emit('user has left', users);")
    mistake = told(tmp_path, source, LEFT, {"amy": AMY}, {})
    assert mistake == Mistake(
        "misspelt-id",
        f"socket.{name} is undefined, and what is undefined is left out of what is sent. It is "
        "socket.id.",
        Where("app.js", 3),
    )
    assert told(tmp_path, source, LEFT, {}, {"amy": AMY}) != mistake


def test_a_room_in_flask_limits_a_broadcast(tmp_path: Path) -> None:
    source = """
        from flask_socketio import SocketIO, emit

        @socketio.on("new user")
        def join(name):
            emit("new user", name, broadcast=True, room="General")
        """
    mistake = silent(tmp_path, source, "app.py")
    assert mistake
    assert (mistake.id, mistake.where) == ("room-beside-broadcast", Where("app.py", 6))
    without = silent(tmp_path, source.replace(', room="General"', ""), "app.py")
    assert without is None or without.id != "room-beside-broadcast"


def test_an_event_that_is_emitted_and_not_listened_to_in_node(tmp_path: Path) -> None:
    source = """
        io.on("connection", (socket) => {
          socket.on("bye", (name) => io.emit("new user", name));
        });
        """
    mistake = silent(tmp_path, source)
    assert mistake
    assert mistake.id == "no-handler"
    kept = silent(tmp_path, source + 'const EVENTS = ["new user"];')
    assert kept is None or kept.id != "no-handler"


def test_two_handlers_of_an_event_in_node(tmp_path: Path) -> None:
    source = """
        io.on("connection", (socket) => {
          socket.on("new user", (name) => io.emit("new user", name));
          socket.on("new user", (name) => io.emit("new user", name));
        });
        """
    history = conversation()
    for _ in range(2):
        history.record(Kind.HEARD, "amy", JOIN, ("terry",))
    (tmp_path / "app.js").write_text(source)
    surplus = Finding(Fault.SURPLUS, "amy", JOIN, None, ("terry",), len(history.entries) - 1)
    since = len(history.entries) - 3
    evidence = Evidence([surplus], history, since, (), None, Source(tmp_path), 2.0, CHAT)
    assert recognise(evidence)[0] == Mistake(
        "handled-twice",
        '2 handlers listen to "new user", and Node calls them all. Keep one.',
        Where("app.js", 4),
    )


def test_who_goes_is_told_alone(tmp_path: Path) -> None:
    mistake = gone(tmp_path, NODE % ("", 'socket.emit("user has left", users);'))
    assert mistake
    assert (mistake.id, mistake.where) == ("emitted-to-nobody", Where("app.js", 5))
    assert mistake.text.endswith("reaches nobody: io.emit(…) reaches all.")


FLASK = """
    from flask_socketio import SocketIO, emit, join_room

    @socketio.on("new channel")
    def make(name):
        join_room(name)

    @socketio.on("disconnect")
    def leave():
        emit("user has left", users)
    """


def test_an_emit_to_who_goes_is_told_in_flasks_words(tmp_path: Path) -> None:
    mistake = gone(tmp_path, FLASK, "app.py")
    assert mistake
    assert (mistake.id, mistake.where) == ("emitted-to-nobody", Where("app.py", 10))
    assert mistake.text.endswith("with broadcast=True an emit reaches all.")


def test_delete_removes_in_node(tmp_path: Path) -> None:
    too_early = "io.emit('user has left', users);\n    delete users[socket.username];"
    both = {"amy": AMY, "terry": TERRY}
    mistake = told(tmp_path, NODE % ("", too_early), LEFT, {"amy": AMY}, both)
    assert mistake
    assert mistake.id == "told-before-removed"
    mistake = told(tmp_path, NODE % ("", "io.emit('user has left', users);"), LEFT, {}, both)
    assert mistake is None or mistake.id != "told-before-removed"


def test_a_map_has_no_json(tmp_path: Path) -> None:
    source = "const users = new Map();\n" + NODE % ("", "io.emit('user has left', users);")
    mistake = told(tmp_path, source, LEFT, {"amy": AMY}, {})
    assert mistake
    assert (mistake.id, mistake.where) == ("map-as-json", Where("app.js", 1))
    mistake = told(tmp_path, source, CHANNELS, ["General"], {})
    assert mistake
    assert mistake.id == "map-as-json"


def test_nobody_is_said_to_be_removed_where_nobody_may_have_been_kept(tmp_path: Path) -> None:
    source = NODE % ("", "io.emit('user has left', users);")
    assert told(tmp_path, source, LEFT, {"amy": AMY}, {}) is None


def test_a_value_that_comes_in_two_is_one_value(tmp_path: Path) -> None:
    history = conversation()
    finding = Finding(Fault.DIFFERENT, "amy", JOIN, ("terry",), ("terry", 1))
    mistake = named(tmp_path, "", history, finding)
    assert mistake
    assert mistake.text == "it comes as 2 arguments. Emit one value."


def test_a_count_that_is_told_too_early_in_node(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text(
        'io.on("connection", (socket) => {\n  io.emit("user count", count);\n  count++;\n});\n'
    )
    history = conversation()
    history.record(Kind.CONNECTED, "bob")
    finding = Finding(Fault.DIFFERENT, "bob", "user count", (3,), (2,))
    since = len(history.entries) - 1
    evidence = Evidence([finding], history, since, (), None, Source(tmp_path), 2.0, COUNT)
    mistake, _ = recognise(evidence)
    assert mistake
    assert mistake.id == "counted-after-the-emit"


def test_of_several_emits_that_in_the_handler_is_meant(tmp_path: Path) -> None:
    source = """
        io.on("connection", (socket) => {
          io.emit("user has left", users);
          socket.on("disconnect", () => {
            socket.emit("user has left", users);
          });
        });
        """
    mistake = gone(tmp_path, source)
    assert mistake
    assert (mistake.id, mistake.where) == ("emitted-to-nobody", Where("app.js", 5))
    source = """
        @sio.on("get online users")
        async def users(sid):
            await sio.emit("user has left", {})

        @sio.event
        async def disconnect(sid, reason):
            await sio.emit("user has left", online_users, to=sid)
        """
    (tmp_path / "app.js").unlink()
    mistake = gone(tmp_path, source, "app.py")
    assert mistake
    assert (mistake.id, mistake.where) == ("emitted-to-nobody", Where("app.py", 8))


@pytest.mark.parametrize(
    ("file", "source", "enters"),
    [
        ("app.js", 'io.on("connection", (socket) => { socket.join("a"); });', True),
        ("app.py", "def enter(sid):\n    join_room('a')\n", True),
        ("app.py", "print(', '.join(names))\n", False),
    ],
)
def test_whether_rooms_are_entered(tmp_path: Path, file: str, source: str, *, enters: bool) -> None:
    (tmp_path / file).write_text(source)
    assert bool(keeping.entering(Source(tmp_path))) is enters


@pytest.mark.parametrize(
    ("set_cookie", "named_so"),
    [
        ('session=""; Max-Age=0; Path=/', "session-not-asked"),
        (["a=1", "session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "session-not-asked"),
        ("session=another", "cookie-outlives-the-logout"),
        (None, "cookie-outlives-the-logout"),
    ],
)
def test_a_cookie_that_is_deleted_does_not_outlive_the_logout(
    tmp_path: Path, set_cookie: str | list[str] | None, named_so: str
) -> None:
    history = conversation()
    headers = {} if set_cookie is None else {"Set-Cookie": set_cookie}
    history.record(Kind.REQUESTED, "amy", "POST /logout")
    history.record(Kind.ANSWERED, "amy", "POST /logout", (204, headers, ""))
    history.record(Kind.REQUESTED, "amy", f"GET /connected/{AMY}")
    history.record(Kind.ANSWERED, "amy", f"GET /connected/{AMY}", (204, {}, ""))
    entry = len(history.entries) - 1
    finding = Finding(Fault.ANSWERED, "amy", entry=entry, text="should be 401")
    evidence = Evidence([finding], history, 0, (), None, Source(tmp_path), 2.0, PRESENCE)
    mistake, _ = recognise(evidence)
    assert mistake
    assert mistake.id == named_so


def test_only_a_handler_empties_what_is_kept(tmp_path: Path) -> None:
    source = """
        class State:
            def __init__(self):
                self.users = {}

        @sio.event
        async def disconnect(sid):
            await sio.emit("user has left", state.users)
        """
    (tmp_path / "app.py").write_text(dedent(source))
    assert keeping.emptied(Source(tmp_path)) == []
    own = dedent(source).replace("    await", "    users = {}\n    await")
    (tmp_path / "app.py").write_text(own)
    assert keeping.emptied(Source(tmp_path)) == []
    (tmp_path / "app.py").write_text(own.replace("    users", "    global users\n    users"))
    assert keeping.emptied(Source(tmp_path)) == [Where("app.py", 9)]


def test_where_an_app_of_node_listens_alone(tmp_path: Path) -> None:
    history = Conversation()
    history.record(Kind.HTTP, "amy", "GET /socket.io/", (404,))
    source = (
        "const app = express();\nconst io = new Server(http.createServer(app));\napp.listen(1);"
    )
    (tmp_path / "app.js").write_text(source)
    refused = Finding(Fault.REFUSED, "amy", text="Connection error")
    evidence = Evidence([refused], history, 0, (), None, Source(tmp_path), 2.0, CHAT)
    mistake, _ = recognise(evidence)
    assert mistake
    assert (mistake.id, mistake.where) == ("not-attached", Where("app.js", 3))


def test_what_is_not_there_comes_as_null_from_node(tmp_path: Path) -> None:
    source = NODE % ("", "io.emit('user has left', this.users);")
    mistake = told(tmp_path, source, LEFT, {"amy": AMY}, None)
    assert mistake
    assert (mistake.id, mistake.where) == ("no-payload", Where("app.js", 5))
    assert mistake.text == (
        "undefined and null come as null: nothing of that name is there. In a method that is "
        "handed over as a handler, `this` is the socket."
    )


def test_all_may_be_removed_where_node_removes_somebody(tmp_path: Path) -> None:
    loop = "for (const one in users) if (users[one] = socket.id) delete users[one];"
    source = NODE % ("", f"{loop}\n    io.emit('user has left', users);")
    mistake = told(tmp_path, source, LEFT, {"amy": AMY}, {})
    assert mistake
    assert mistake.id == "everybody-removed"
    assert mistake.text == (
        "one leaves, and nobody is left on the list: all are removed, and not terry alone, or "
        "nobody was on it."
    )


def test_a_thread_of_flask_has_no_request(tmp_path: Path) -> None:
    source = """
        from flask_socketio import SocketIO, emit

        socketio = SocketIO(app)

        @socketio.on("new user")
        def join(name):
            Thread(target=emit, args=("new user", name)).start()
        """
    (tmp_path / "app.py").write_text(dedent(source), encoding="utf-8")
    printed = (
        "Exception in thread Thread-1 (emit):",
        "Traceback (most recent call last):",
        '  File "/usr/lib/python3/threading.py", line 1038, in _bootstrap_inner',
        "    self.run()",
        "RuntimeError: Working outside of request context.",
    )
    history = conversation()
    finding = Finding(Fault.MISSING, "terry", JOIN, ("terry",))
    since = len(history.entries) - 1
    evidence = Evidence([finding], history, since, printed, None, Source(tmp_path), 2.0, CHAT)
    mistake, _ = recognise(evidence)
    assert mistake
    assert (mistake.id, mistake.where) == ("outside-the-request", None)
    assert mistake.text == (
        "emit(...), join_room(...) and request belong to the event that is being handled, and a "
        "thread or task of its own handles none. socketio.emit(...) may be called anywhere: hand "
        "the sid over where one client alone is to hear it."
    )


def test_a_socket_of_node_that_goes_has_left_its_rooms(tmp_path: Path) -> None:
    mistake = gone(
        tmp_path,
        NODE % ("", "socket.rooms.forEach((one) => io.to(one).emit('user has left', users));"),
    )
    assert mistake
    assert (mistake.id, mistake.where) == ("rooms-left-already", Where("app.js", 5))
    assert mistake.text == (
        'in "disconnect" the socket has left all its rooms, and socket.rooms is empty. '
        "io.emit(…) reaches everybody."
    )
