"""The student's source is read to locate a mistake, whatever stands in it."""

import os
import warnings
from pathlib import Path
from textwrap import dedent

import pytest

from grader.explaining import files
from grader.explaining.source import Dialect, Source
from grader.report.result import Where

CHAT = """
    def register(sio, online_users):
        @sio.on("new user")
        async def new_user(sid, username):
            for name in online_users:
                await sio.emit("new user", name, skip_sid=sid)
            await sio.emit("new user", username)
            await sio.emit("get online users", online_users, to=sid, namespace="/")

        @sio.event
        async def disconnect(sid, reason):
            if reason == "client disconnect":
                @sio.event(namespace="/")
                async def message(sid, data):
                    while data:
                        emit(event)
    """


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, **files: str) -> Source:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))
    return Source(folder)


def test_without_a_folder_nothing_is_located() -> None:
    nothing = Source(None)
    assert (nothing.trees, nothing.emits, nothing.listeners) == ({}, [], [])
    assert nothing.literals == frozenset()
    assert nothing.calls("emit") == []
    assert nothing.function("f") is None
    assert nothing.keyword("to") is None
    assert nothing.registered_inside("connect") is None


def test_a_handler_ends_before_the_function_that_follows_it(folder: Path) -> None:
    source = write(
        folder,
        chat="""
            @sio.event
            async def disconnect(sid, reason):
                del names[sid]


            async def helper():
                names.clear()
            """,
    )
    (folder / "node").mkdir()
    (folder / "node" / "server.js").write_text(
        """io.on("connection", (socket) => {
          socket.on("bye", () => {
            delete names[socket.id];
          });
          socket.on("hello", () => {});
        });
        """
    )
    assert source.extents("disconnect") == [("chat.py", range(3, 5))]
    assert [lines[:3] for _, lines in Source(folder / "node").extents("bye")] == [range(2, 5)]


def test_emits_are_found_with_what_narrows_them(folder: Path) -> None:
    assert [
        (emit.event, emit.where.line, emit.narrowed) for emit in write(folder, chat=CHAT).emits
    ] == [
        ("new user", 6, ("skip_sid",)),
        ("new user", 7, ()),
        ("get online users", 8, ("to",)),
    ]


def test_an_emit_in_a_loop_is_told_apart(folder: Path) -> None:
    assert [emit.in_loop for emit in write(folder, chat=CHAT).emits] == [True, False, False]


def test_an_emit_to_the_first_parameter_goes_to_the_caller(folder: Path) -> None:
    found = write(
        folder,
        chat="""
            def handler(sid, other):
                emit("a", to=sid)
                emit("b", room=sid)
                emit("c", to=other)
                emit("d", to=users["amy"])
                emit("e", skip_sid=sid)
            emit("f", to=sid)
            """,
    )
    assert [emit.event for emit in found.emits if emit.to_its_caller] == ["a", "b"]


def test_listeners_are_found_with_how_they_are_registered(folder: Path) -> None:
    assert [
        (one.event, one.where, one.function, one.by_name)
        for one in write(folder, chat=CHAT).listeners
    ] == [
        ("new user", Where("chat.py", 4), "new_user", False),
        ("disconnect", Where("chat.py", 11), "disconnect", True),
        ("message", Where("chat.py", 14), "message", True),
    ]


def test_listeners_are_found_with_what_they_are_defined_in(folder: Path) -> None:
    assert [(one.outermost, one.handler) for one in write(folder, chat=CHAT).listeners] == [
        ("register", ""),
        ("register", ""),
        ("register", "disconnect"),
    ]
    app = "@sio.event\nasync def connect(sid, environ): pass\n"
    (connect,) = write(folder, app=app, chat="").listeners
    assert (connect.outermost, connect.handler) == ("", "")


def test_listeners_are_found_with_what_they_decide_by(folder: Path) -> None:
    assert [(one.decides, one.decides_by) for one in write(folder, chat=CHAT).listeners] == [
        (False, frozenset()),
        (True, {"reason"}),
        (False, {"data"}),
    ]


def test_emits_and_listeners_of_one_event(folder: Path) -> None:
    chat = write(folder, chat=CHAT)
    assert [emit.where.line for emit in chat.emitting("new user")] == [6, 7]
    assert [one.function for one in chat.listening_to("new user")] == ["new_user"]
    assert chat.emitting("new message") == []
    assert chat.listening_to("new message") == []


def test_an_event_has_a_place_where_it_is_handled_or_emitted_once(folder: Path) -> None:
    chat = write(folder, chat=CHAT)
    assert chat.handler_of("new user") == Where("chat.py", 4)
    assert chat.emit_of("get online users") == Where("chat.py", 8)
    assert chat.emit_of("new user") is None  # there are two
    assert chat.handler_of("new message") is None


def test_calls_are_found_by_their_last_name_and_by_the_whole(folder: Path) -> None:
    found = write(
        folder,
        app="""
            time.sleep(1)
            asyncio.sleep(1)
            sleep(1)
            a.b.time.sleep(1)
            makers[0]()
            """,
    )
    assert [where.line for where in found.calls("sleep")] == [2, 3, 4, 5]
    assert [where.line for where in found.calls("time.sleep", "nothing")] == [2]


def test_handlers_registered_in_the_course_of_another(folder: Path) -> None:
    assert write(folder, chat=CHAT).registered_inside("disconnect") == Where("chat.py", 14)
    assert write(folder, chat=CHAT).registered_inside("new_user") is None


def test_handlers_registered_by_a_call_in_the_course_of_another(folder: Path) -> None:
    app = """
        @sio.event
        async def connect(sid, environ):
            chat.register(sio, {})
        """
    assert write(folder, chat=CHAT, app=app).registered_inside("connect") == Where("app.py", 4)


def test_every_string_is_a_literal(folder: Path) -> None:
    assert write(folder, app='f("a", {"b": 1}, b"bytes", f"c{2}")').literals == {"a", "b", "c"}


def test_the_first_call_with_a_keyword(folder: Path) -> None:
    app = write(folder, app="f(1)\nrun(app, port=3000)\nrun(port=1)\n")
    assert app.keyword("port") == Where("app.py", 2)
    assert app.keyword("host") is None


def test_a_function_is_located_where_it_is_defined_once(folder: Path) -> None:
    found = write(folder, a="def f(): pass\n", b="async def g(): pass\ndef f(): pass\n")
    assert found.function("g") == Where("b.py", 1)
    assert found.function("f") is None


def test_a_file_that_is_no_python_is_left_out(folder: Path) -> None:
    assert list(write(folder, app="const x = 1;", chat="x = 1").trees) == ["chat.py"]


def test_only_the_folders_own_python_files_are_read(folder: Path) -> None:
    (folder / "venv").mkdir()
    (folder / "venv" / "x.py").write_text("")
    (folder / "folder.py").mkdir()
    (folder / "notes.txt").write_text("")
    (folder / "gone.py").symlink_to("nowhere.py")
    assert list(write(folder, app="").trees) == ["app.py"]


def test_what_is_no_plain_file_is_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")
    (folder / "endless.py").symlink_to("/dev/zero")
    assert Source(folder).trees == {}


def test_a_file_too_large_is_not_read(folder: Path) -> None:
    (folder / "data.py").write_text("#" * (files.LARGEST_FILE + 1))
    assert Source(folder).trees == {}


def test_of_very_many_files_the_first_are_read(folder: Path) -> None:
    assert len(write(folder, **{f"f{n:03}": "" for n in range(100)}).trees) == files.MOST_FILES


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "1+" * 1_500 + "1",  # deeper than Python's own recursion goes
        "x = " + "1+" * 50_000 + "1",
        "-" * 100_000 + "1",
        "(" * 10_000,
        "f" + "()" * 900,
        "f" + ".a" * 900 + "()",
        "\0",
        "# -*- coding: nonsense -*-",
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_source_that_is_made_to_be_hard_is_survived(folder: Path, text: str) -> None:
    found = write(folder, app=text)
    assert found.emits == []
    assert found.listeners == []
    assert found.calls("time.sleep") == []


def test_a_file_in_another_encoding_is_read(folder: Path) -> None:
    (folder / "app.py").write_bytes("# coding: latin-1\nemit('Zoë')".encode("latin-1"))
    assert [emit.event for emit in Source(folder).emits] == ["Zoë"]


def test_what_the_compiler_warns_of_is_not_the_graders_to_print(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(write(folder, app='x = "\\d"').trees) == ["app.py"]


FLASK = """
    from flask import request
    from flask_socketio import SocketIO, emit

    @socketio.on("new message")
    def message(data):
        emit("a", data)
        emit("b", data, broadcast=True)
        emit("c", data, broadcast=True, include_self=False)
        emit("d", data, room="cats")
        emit("e", data, to=request.sid)
        socketio.emit("f", data)
    """


def test_flask_answers_whoever_asks_where_it_is_not_told_to_broadcast(folder: Path) -> None:
    found = write(folder, app=FLASK)
    assert found.dialect is Dialect.FLASK
    assert [(one.event, one.narrowed, one.to_its_caller) for one in found.emits] == [
        ("a", ("to",), True),
        ("b", (), False),
        ("c", ("include_self",), False),
        ("d", ("room",), False),
        ("e", ("to",), True),
        ("f", (), False),
    ]


def test_handlers_are_registered_by_calls_and_by_the_methods_of_a_class(folder: Path) -> None:
    app = """
        class Chat(socketio.AsyncNamespace):
            async def on_disconnect(self, sid, reason):
                pass

        async def join(sid, name):
            pass

        sio.on("new user", join)
        sio.on("new message", handler=say)
        """
    found = write(folder, app=app).listeners
    assert [(one.event, one.where.line) for one in found] == [("disconnect", 3), ("new user", 6)]


def test_a_call_of_on_that_registers_nothing_is_no_handler(folder: Path) -> None:
    app = """
        def blink(led):
            led.on()
            led.on(*pins)
        """
    assert write(folder, app=app).listeners == []


def test_packages_beside_app_are_read_and_pages_and_environments_are_not(folder: Path) -> None:
    for name in ("app/main", "public", "env/site-packages", ".git", "node_modules/x"):
        (folder / name).mkdir(parents=True)
        (folder / name / "events.py").write_text("")
    assert list(write(folder, app="").trees) == ["app.py", "app/main/events.py"]


NODE = """
    io.on("connection", function (client) {
      client.on('new user', (name) => { io.emit("new user", name); });
      client.on("new message", (data) => {
        const odd = /a"b/; // it is "quoted"
        client.broadcast.emit(`new message`, data);
        client.on("nested", () => io.sockets.in(room).emit("deep"));
        ids.forEach((id) => { io.to(id).emit("looped", 1) });
        if (data) client.emit("own", data);
      });
    });
    """


def test_javascript_is_read_where_there_is_no_python(folder: Path) -> None:
    (folder / "app.js").write_text(dedent(NODE))
    found = Source(folder)
    assert found.known
    assert found.dialect is Dialect.NODE
    assert [(one.event, one.where.line, one.handler) for one in found.listeners] == [
        ("connect", 2, ""),
        ("new user", 3, ""),
        ("new message", 4, ""),
        ("nested", 7, "new message"),
    ]
    assert [(one.event, one.narrowed, one.in_loop) for one in found.emits] == [
        ("new user", (), False),
        ("new message", ("skip_sid",), False),
        ("deep", ("room",), False),
        ("looped", ("room",), True),
        ("own", ("to",), False),
    ]
    assert "new message" in found.literals
    (folder / "app.py").write_text("x = 1")
    assert Source(folder).scripts == {}


@pytest.mark.parametrize(
    "text", ["", "/* no end", "`no end", 'f("', "io.emit(", "}})(", "/", "é(" * 999]
)
def test_any_text_is_read_as_far_as_it_goes(folder: Path, text: str) -> None:
    (folder / "app.js").write_text(text)
    assert Source(folder).listeners == []
    assert Source(folder).emits == []
