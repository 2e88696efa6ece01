"""Whatever a server does, the grader judges it, and says in a report to the letter what it did."""

import re
import shutil
import socket
from pathlib import Path

import pytest

from tests.golden import FLUID, HOSTILE_STEP, golden, grade, hostile
from tests.support import TESTS, normal

RIGHT = {
    folder.name for folder in hostile() if folder.name not in FLUID and "✗" not in golden(folder)
}

ESCAPES = """
import os
import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)


@sio.event
async def connect(sid, environ):
    print("\\x1b[2Jcleared\\x9b2J\\x07\\u202e")


@sio.on("new user")
async def new_user(sid, username):
    await sio.emit("\\x1b[2Jnew user", {"\\x1b[2J": username})
    await sio.emit("new user", username + "\\x1b[2J\\u202e")
    raise ValueError("\\x1b]0;title\\x07\\x1b[31mred")


web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
"""


def by_name(folder: Path) -> str:
    return folder.name


@pytest.mark.parametrize("folder", [f for f in hostile() if f.name not in FLUID], ids=by_name)
def test_the_report_is_the_golden_text(folder: Path) -> None:
    run = grade(folder)
    assert normal(run.out) == golden(folder)
    assert run.err == ""
    assert run.code == (0 if folder.name in RIGHT else 1)


def test_a_flood_of_output_is_named_and_its_last_lines_shown() -> None:
    (folder,) = (f for f in hostile() if f.name == "floods_output")
    run = grade(folder)
    assert (run.code, run.err) == (1, "")
    text = " ".join(run.out.split())
    line = "the chat is running " * 4
    assert re.search(
        r"✗ the server starts and takes a client over WebSocket 0 of 1 point server"
        r" prints ← without end: [\d,]+ bytes in 0\.25 s with nothing to do"
        rf" The server printed: ({line}){{8}}Hint: ",
        text,
    ), run.out


def test_the_hostile_servers_that_are_right_nevertheless() -> None:
    assert sorted(RIGHT) == [
        "forks_server",
        "ignores_sigterm",
        "listens_elsewhere",
        "listens_elsewhere_reuse",
        "prints_not_utf8",
        "slow_start",
        "starts_children",
    ]


@pytest.mark.parametrize("folder", [f for f in hostile() if f.name in RIGHT], ids=by_name)
def test_a_right_server_passes_step_6_too(folder: Path) -> None:
    run = grade(folder, "6")
    assert (run.code, run.err) == (0, ""), run.out
    assert "14 of 14 checks" in run.out


STEP_6 = {
    "blocks_loop": "3 of 14 checks",
    "closes_every_connection": "0 of 14 checks",
    "connects_never_answers": "2 of 14 checks",
    "deep_json": "3 of 14 checks",
    "escape_codes": "13 of 14 checks",
    "exception_in_handler": "3 of 14 checks",
    "exits_on_event": "3 of 14 checks",
    "huge_payload": "3 of 14 checks",
    "huge_polling": "0 of 14 checks",
    "malformed_packets": "0 of 14 checks",
}


@pytest.mark.parametrize("folder", [f for f in hostile() if f.name in STEP_6], ids=by_name)
def test_a_wrong_server_fails_step_6_with_all_that_it_owes(folder: Path) -> None:
    run = grade(folder, "6")
    assert (run.code, run.err) == (1, "")
    assert run.out.splitlines()[0].endswith("   " + STEP_6[folder.name])
    assert "fault" not in run.out
    assert "could not" not in run.out


@pytest.mark.parametrize("folder", hostile(), ids=by_name)
def test_what_a_server_does_is_said_in_one_line(folder: Path) -> None:
    text = (folder / "what.txt").read_text(encoding="utf-8").strip()
    assert text.endswith(".")
    assert "\n" not in text


def test_nothing_that_a_terminal_would_obey_gets_into_the_report(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(ESCAPES, encoding="utf-8")
    for option in ("-v", "--json"):
        run = grade(tmp_path, "4", option)
        assert (run.code, run.err) == (1, "")
        assert run.out.replace("\n", "").isprintable()
        assert "title" in run.out


def test_a_port_that_another_program_has_is_named() -> None:
    (folder,) = (f for f in hostile() if f.name == "listens_elsewhere")
    with socket.create_server(("127.0.0.1", 0)) as other:
        run = grade(folder, HOSTILE_STEP, "--no-isolation", port=other.getsockname()[1])
    assert (run.code, run.err) == (1, "")
    assert (
        "Looks like: app.py listens on a port of its own choice, and another program is there "
        'already (an app.py that still runs?). Take the port from os.environ["PORT"]. → app.py:24'
    ) in " ".join(run.out.split())


@pytest.mark.parametrize("target", ["/etc/passwd", "../..", "/nowhere/at/all"])
def test_a_link_that_leaves_the_submission_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "mine" / "public").mkdir(parents=True)
    (tmp_path / "mine" / "app.py").write_text("", encoding="utf-8")
    (tmp_path / "mine" / "public" / "style.css").symlink_to(target)
    run = grade(tmp_path / "mine")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(
        "grader: public/style.css is a symbolic link that leaves the submission, to /"
    )


def test_a_link_inside_the_submission_is_none_of_those(tmp_path: Path) -> None:
    shutil.copy(TESTS / "right" / "one_file" / "app.py", tmp_path / "server.py")
    (tmp_path / "app.py").symlink_to("server.py")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "outside").symlink_to("/etc")
    run = grade(tmp_path)
    assert (run.code, run.err) == (0, ""), run.out
