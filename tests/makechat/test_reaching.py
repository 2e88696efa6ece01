"""What keeps clients from a server is named in the words of what the server is made with."""

import shutil
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from grader.explaining.evidence import Evidence
from grader.explaining.recognising import recognise
from grader.explaining.source import Source
from grader.history.conversation import Conversation, Kind
from grader.history.findings import Fault, Finding
from grader.makechat.vocabulary import CHAT
from grader.report.result import Mistake, Where
from tests.support import missing_tool

IMPORTS = {
    "aiohttp": "from aiohttp import web",
    "flask": "from flask_socketio import SocketIO",
    "fastapi": "import socketio, uvicorn\nfrom fastapi import FastAPI",
    "sanic": "from sanic import Sanic",
    "tornado": "import tornado.web",
}
LISTENS = {
    "aiohttp": 'web.run_app(app, host="127.0.0.1", ...)',
    "flask": 'socketio.run(app, host="127.0.0.1", ...)',
    "fastapi": 'uvicorn.run(app, host="127.0.0.1", ...)',
    "sanic": 'app.run(host="127.0.0.1", ...)',
    "tornado": 'app.listen(port, address="127.0.0.1")',
}


def named(
    folder: Path, *findings: Finding, printed: str = "", code: int | None = 1, status: int = 0
) -> Mistake | None:
    """What is recognised in a submission whose server ended, or was answered so."""
    conversation = Conversation()
    if status:
        conversation.record(Kind.HTTP, "amy", "GET /socket.io/", (status,))
    lines = tuple(dedent(printed).strip("\n").splitlines())
    return recognise(Evidence(findings, conversation, 0, lines, code, Source(folder), 2.0, CHAT))[0]


def not_ready(text: str = "ended with exit code 1 before it listened on any port") -> Finding:
    return Finding(Fault.NOT_READY, text=text)


REFUSED = Finding(Fault.REFUSED, "amy", text="Connection error")


def app(folder: Path, source: str, name: str = "app.py") -> Path:
    (folder / name).write_text(dedent(source).lstrip("\n"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("made_with", IMPORTS)
def test_another_address_is_told_in_the_words_of_the_framework(
    tmp_path: Path, made_with: str
) -> None:
    app(tmp_path, f'{IMPORTS[made_with]}\nrun(app, host="::")\n')
    mistake = named(tmp_path, not_ready("listened at [::]:3000, but not at 127.0.0.1 within 2 s"))
    assert mistake == Mistake(
        "another-address",
        "the server takes clients at [::]:3000 alone, and nobody listens at 127.0.0.1, where the "
        f"page and the grader look for it: {LISTENS[made_with]}.",
        Where("app.py", 1 + IMPORTS[made_with].count("\n") + 1),
    )


@pytest.mark.parametrize(
    "line",
    [
        "OSError: [Errno 99] error while attempting to bind on address ('10.9.8.7', 3000): cannot "
        "assign requested address",
        "Error: listen EADDRNOTAVAIL: address not available 10.9.8.7:3000",
    ],
)
def test_an_address_that_is_not_here_is_named(tmp_path: Path, line: str) -> None:
    mistake = named(app(tmp_path, "", "app.js"), not_ready(), printed=line)
    assert mistake
    assert mistake.id == "address-not-here"
    assert mistake.text == (
        "this machine does not have the address 10.9.8.7: "
        'server.listen(process.env.PORT, "127.0.0.1").'
    )


def test_an_address_that_is_not_told_is_named_all_the_same(tmp_path: Path) -> None:
    mistake = named(tmp_path, not_ready(), printed="bind: Cannot assign requested address")
    assert mistake
    assert mistake.text == (
        "this machine does not have the address at which the server is to listen: the address to "
        "listen at is 127.0.0.1."
    )


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ('app.mount("/ws", socketio.ASGIApp(sio))', "/ws"),
        ('socketio.ASGIApp(sio, socketio_path="chat/socket.io")', "/chat/socket.io"),
        ('sio.attach(app, "/live")', "/live"),
        ('SocketIO(app, path="/io")', "/io"),
    ],
)
def test_a_path_that_the_page_does_not_ask_for_is_named(
    tmp_path: Path, source: str, path: str
) -> None:
    for status in (403, 404):
        mistake = named(app(tmp_path, source), REFUSED, code=None, status=status)
        assert mistake
        assert (mistake.id, mistake.where) == ("mounted-elsewhere", Where("app.py", 1))
        assert mistake.text.startswith(f"Socket.IO is at {path}, and the page asks for it at ")


@pytest.mark.parametrize(
    ("made_with", "words"),
    [
        ("aiohttp", "sio.attach(app) connects the two."),
        ("flask", "SocketIO(app) connects the two, and socketio.run(app) starts both."),
        ("fastapi", "socketio.ASGIApp(sio, app) is an app of both, and the one to run."),
    ],
)
def test_an_app_without_socketio_is_told_what_connects_the_two(
    tmp_path: Path, made_with: str, words: str
) -> None:
    app(tmp_path, f'{IMPORTS[made_with]}\napp.mount("/static", files)\n')
    mistake = named(tmp_path, REFUSED, code=None, status=404)
    assert mistake
    assert mistake.id == "not-attached"
    assert mistake.text.endswith(words)


def test_a_program_that_came_to_its_end_is_told_what_goes_on(tmp_path: Path) -> None:
    for name, source, text in (
        ("app.js", "", "the program came to its end without starting a server. server.listen("),
        ("app.py", IMPORTS["flask"], "app.py came to its end without starting a server. socketio."),
    ):
        mistake = named(app(tmp_path, source, name), not_ready(), code=0)
        assert mistake
        assert mistake.id == "not-running"
        assert mistake.text.startswith(text)


def test_a_framework_is_known_by_what_a_folder_imports(tmp_path: Path) -> None:
    (tmp_path / "talk").mkdir()
    app(tmp_path / "talk", IMPORTS["flask"], "__init__.py")
    app(tmp_path, "from talk import app", "main.py")
    mistake = named(tmp_path, not_ready("listened at [::1]:1, but not at 127.0.0.1 within 2 s"))
    assert mistake
    assert mistake.text.endswith(f"{LISTENS['flask']}.")


def test_a_package_that_is_missing_is_in_the_requirements(tmp_path: Path) -> None:
    app(tmp_path, "import no_such_package", "main.py")
    trace = """
        Traceback (most recent call last):
          File "main.py", line 1, in <module>
            import no_such_package
        ModuleNotFoundError: No module named 'no_such_package'
        """
    mistake = named(tmp_path, not_ready(), printed=trace)
    assert mistake
    assert "is it beside main.py? The course needs nothing but" in mistake.text
    (tmp_path / "requirements.txt").touch()
    mistake = named(tmp_path, not_ready(), printed=trace)
    assert mistake
    assert "What is in requirements.txt has to be installed" in mistake.text


def test_handlers_in_a_class_on_a_namespace_are_found(tmp_path: Path) -> None:
    app(
        tmp_path,
        """
        class Chat(socketio.AsyncNamespace):
            async def on_new_user(self, sid, name): ...

        sio.register_namespace(Chat("/chat"))
        """,
    )
    refused = Finding(Fault.REFUSED, "amy", text="Unable to connect")
    mistake = named(tmp_path, refused, code=None)
    assert mistake
    assert (mistake.id, mistake.where) == ("another-namespace", Where("app.py", 4))


def printed_by_python(folder: Path) -> str:
    """What it says of the app.py there, which it cannot run."""
    said = subprocess.run(
        ["python3", "app.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    return said.stderr


def test_a_file_in_utf_16_is_named(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("print('hello')\n", encoding="utf-16")
    mistake = named(tmp_path, not_ready(), printed=printed_by_python(tmp_path))
    assert mistake == Mistake(
        "not-utf-8",
        "app.py is saved as UTF-16, which Python does not read: save it as UTF-8.",
        Where("app.py", 1),
    )


@pytest.mark.parametrize(
    ("saved", "line"),
    [
        ("import os\n# café\n".encode("latin-1"), 2),
        ("import os\nname = 'café'\n".encode("latin-1"), 2),
        (b"import os\n\nname = '\0'\n", 3),
    ],
)
def test_a_file_in_another_encoding_is_named(tmp_path: Path, saved: bytes, line: int) -> None:
    (tmp_path / "app.py").write_bytes(saved)
    mistake = named(tmp_path, not_ready(), printed=printed_by_python(tmp_path))
    assert mistake == Mistake(
        "not-utf-8",
        "app.py is not saved as UTF-8, as Python expects it: save it as UTF-8.",
        Where("app.py", line),
    )


def test_an_encoding_that_is_declared_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes("# coding: latin-1\n# café\n".encode("latin-1"))
    printed = "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 3"
    mistake = named(tmp_path, not_ready(), printed=printed)
    assert not mistake or mistake.id != "not-utf-8"


def test_a_merge_conflict_is_named(tmp_path: Path) -> None:
    app(tmp_path, "import os\n<<<<<<< HEAD\nprint(1)\n=======\nprint(2)\n>>>>>>> theirs\n")
    mistake = named(tmp_path, not_ready(), printed=printed_by_python(tmp_path))
    assert mistake
    assert (mistake.id, mistake.where) == ("merge-conflict", Where("app.py", 2))


NODE = {
    "socket.emit('get online users');": (
        "exception",
        "app.js stopped here, with ReferenceError: socket is not defined; the rest of it never "
        "ran.",
    ),
    "require('no-such-package');": (
        "missing-module",
        "there is no module 'no-such-package' here. Is it spelt right? A package has to be "
        "installed in the folder of the server: npm install.",
    ),
    "const io = = 3;": ("syntax-error", "this is no JavaScript: Unexpected token '='."),
}


@pytest.mark.parametrize("line", NODE)
def test_an_error_of_node_is_cut_to_the_students_own_lines(tmp_path: Path, line: str) -> None:
    node = shutil.which("node")
    if not node:
        missing_tool("node: apt-get install nodejs")
    app(tmp_path, f"// a server\n'use strict';\n{line}\n", "app.cjs")
    (tmp_path / "app.cjs").rename(tmp_path / "app.js")
    said = subprocess.run(
        [node, "app.js"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    mistake = named(tmp_path, not_ready(), printed=said.stderr)
    assert mistake
    assert (mistake.id, mistake.text) == NODE[line]
    assert mistake.where == Where("app.js", 3)
