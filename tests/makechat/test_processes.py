"""What a server prints is laid at the right door: the cause, and the handler that it is of."""

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

CONNECT = """
import socketio
sio = socketio.AsyncServer()
@sio.event
async def connect(sid, environ):
    print("New user " + 1)
"""
# What python-socketio prints: it takes the error for one of a handler that wants `auth` as well.
TWICE = """
Traceback (most recent call last):
  File "{file}", line 6, in connect
    print("New user " + 1)
TypeError: can only concatenate str (not "int") to str

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/site-packages/socketio/async_server.py", line 9, in _trigger_event
    ret = await handler(*args)
TypeError: connect() takes 2 positional arguments but 3 were given
"""
LEAVE = """
import socketio
sio = socketio.AsyncServer()
users = {}
@sio.event
async def disconnect(sid, reason):
    session = await sio.get_session(sid)
    username = session["username"]
    await sio.emit("user has left", users)
    del users[username]
"""
NO_NAME = """
Traceback (most recent call last):
  File "{file}", line 8, in disconnect
    username = session["username"]
KeyError: 'username'
"""


def evidence(
    folder: Path, source: str, printed: str, conversation: Conversation, *findings: Finding
) -> Evidence:
    file = folder / "app.py"
    file.write_text(source)
    lines = tuple(dedent(printed.format(file=file)).strip("\n").splitlines())
    return Evidence(findings, conversation, 0, lines, None, Source(folder), 2.0, CHAT)


def test_a_type_error_in_connect_is_not_one_of_its_parameters(tmp_path: Path) -> None:
    refused = Finding(Fault.REFUSED, "amy", text="no answer within 2 s")
    assert recognise(evidence(tmp_path, CONNECT, TWICE, Conversation(), refused))[0] == Mistake(
        "exception",
        'connect() stopped here, with TypeError: can only concatenate str (not "int") to str; the '
        "rest of it never ran.",
        Where("app.py", 6),
    )


def test_a_handler_that_went_on_did_not_stop(tmp_path: Path) -> None:
    conversation = Conversation()
    for name in ("amy", "terry"):
        conversation.record(Kind.CONNECTED, name, "websocket")
        conversation.record(Kind.SENT, name, "new user", (name,))
    conversation.record(Kind.LEFT, "terry", "disconnects")
    both = {"amy": "1", "terry": "2"}
    conversation.record(Kind.HEARD, "amy", "user has left", (both,))
    entry = len(conversation.entries) - 1
    finding = Finding(Fault.DIFFERENT, "amy", "user has left", ({"amy": "1"},), (both,), entry)
    mistake, _ = recognise(evidence(tmp_path, LEAVE, NO_NAME, conversation, finding))
    assert mistake
    assert mistake.text == (
        "terry has left and is still on the list: it is emitted before terry is removed. "
        "Besides, app.py:8 stops with KeyError."
    )


@pytest.mark.parametrize(
    ("name", "decorator", "text"),
    [
        ("conect", "@sio.event", 'this is the handler of "conect". Socket.IO calls the one of '),
        ("connection", "@sio.event", 'this is the handler of "connection". Socket.IO calls the '),
        ("connect", "", "connect() is not registered as a handler: write @sio.event above it."),
    ],
)
def test_a_handler_of_connect_is_there_and_never_called(
    tmp_path: Path, name: str, decorator: str, text: str
) -> None:
    source = CONNECT.replace("connect(", f"{name}(").replace("@sio.event", decorator)
    conversation = Conversation()
    conversation.record(Kind.CONNECTED, "amy", "websocket")
    unprinted = Finding(Fault.UNPRINTED, text="New user connected")
    mistake, _ = recognise(evidence(tmp_path, source, "", conversation, unprinted))
    assert mistake
    assert mistake.text.startswith(text)
