"""The scripted client against real servers: how it connects, what it records, how it goes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import engineio
import pytest
from socketio import AsyncClient

from grader.clients.connection import Transport
from grader.clients.line import Line
from grader.clients.socketio import ScriptedClient
from grader.history.conversation import Conversation, Kind
from grader.history.patience import Patience
from grader.makechat.people import join
from grader.servers.launcher import HostLauncher
from grader.servers.server import Server, Submission, serving
from grader.servers.warm import WarmHost
from tests.support import ROOT, TESTS

SECONDS = 10.0

TELLING = """
import os
import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)

@sio.on("binary")
async def binary(sid):
    await sio.emit("binary", {"bytes": b"abc"}, to=sid)

@sio.on("two")
async def two(sid, *arguments):
    await sio.emit("two", arguments, to=sid)

@sio.event
async def disconnect(sid, reason):
    print("gone:", reason)

@sio.event
async def echo(sid, *event):
    await sio.emit(event[0], event[1:], to=sid)

web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
"""


TAKING_OVER = """
import asyncio
import os
import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)
here = []

@sio.event
async def connect(sid, environ):
    for other in here:
        await sio.disconnect(other)
        await asyncio.sleep({seconds})
    here.append(sid)

web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
"""


class Stage:
    """A server and the clients that a test connects to it."""

    def __init__(self, server: Server, conversation: Conversation) -> None:
        self.server = server
        self.conversation = conversation
        self.clients: list[ScriptedClient] = []

    def client(
        self, name: str = "amy", hopeless: Callable[[], bool] = lambda: False
    ) -> ScriptedClient:
        client = ScriptedClient(
            name, Line(self.server.url, self.conversation, lambda: Patience(SECONDS), hopeless)
        )
        self.clients.append(client)
        return client

    def kinds(self) -> list[Kind]:
        return [entry.kind for entry in self.conversation.entries]

    async def hears(self, event: str) -> object:
        """The arguments of the first event of this name that amy hears."""
        conversation = self.conversation
        assert await conversation.until(
            lambda: bool(conversation.heard("amy", event)), Patience(SECONDS)
        )
        return conversation.entries[conversation.heard("amy", event)[0]].args


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    conversation = Conversation()
    launcher = HostLauncher(WarmHost())
    try:
        async with serving(Submission(folder), launcher, SECONDS, conversation.changed) as server:
            there = Stage(server, conversation)
            yield there
            for client in there.clients:
                await client.close()
    finally:
        await launcher.close()


@pytest.fixture
async def telling(tmp_path: Path) -> AsyncIterator[Stage]:
    """A server that tells why a socket has gone."""
    (tmp_path / "app.py").write_text(TELLING)
    async with stage(tmp_path) as there:
        yield there


@pytest.mark.parametrize("transport", ["websocket", "polling", "upgrade"])
async def test_it_connects_over(transport: Transport, telling: Stage) -> None:
    amy = telling.client()
    assert await amy.connect(transport)
    assert amy.sid in telling.conversation.sids
    assert await amy.barrier()
    assert telling.kinds() == [Kind.CONNECTED]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("leave", "client disconnect"),
        ("close_tab", "transport close"),
        ("cut", "transport close"),
    ],
)
async def test_the_server_sees_how_it_goes(how: str, reason: str, telling: Stage) -> None:
    amy = telling.client()
    await amy.connect()
    assert telling.server.output
    watch = telling.server.output.watch(f"gone: {reason}")
    await getattr(amy, how)()
    assert await telling.conversation.until(lambda: watch.seen == 1, Patience(SECONDS))
    assert telling.kinds() == [Kind.CONNECTED, Kind.LEFT]


async def test_a_connection_that_ends_as_soon_as_it_is_there_is_no_fault_of_ours(
    telling: Stage,
) -> None:
    amy = telling.client()
    connect = AsyncClient.connect

    async def connect_and_lose(sio: AsyncClient, *arguments: Any, **options: Any) -> None:
        await connect(sio, *arguments, **options)
        # As where the server ends it: the library forgets its tasks.
        await sio.eio.disconnect(abort=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AsyncClient, "connect", connect_and_lose)
        assert await amy.connect()
    assert telling.kinds()[0] is Kind.CONNECTED


async def test_binary_attachments_are_part_of_the_event(telling: Stage) -> None:
    amy = telling.client()
    await amy.connect()
    await amy.emit("binary")
    assert await telling.hears("binary") == ({"bytes": b"abc"},)


async def test_several_arguments_stay_several(telling: Stage) -> None:
    amy = telling.client()
    await amy.connect()
    await amy.emit("two", 1, None)
    assert await telling.hears("two") == (1, None)


async def test_an_answer_that_never_came_holds_no_later_barrier_up(telling: Stage) -> None:
    amy = telling.client()
    await amy.connect()
    asking = asyncio.create_task(amy.barrier())
    await asyncio.sleep(0)
    await amy.cut()
    assert not await asking
    assert await amy.connect()
    assert await amy.barrier()


@pytest.mark.parametrize("number", ["2", "9" * 5000, "x", ""])
async def test_an_answer_that_nobody_asked_for_passes_no_barrier(
    telling: Stage, number: str
) -> None:
    amy = telling.client()
    await amy.connect()
    assert await amy.barrier()
    (connection,) = amy._connections
    await connection._sio.eio.handlers["message"](f"4/barrier-{number},")
    assert not telling.conversation.fault
    assert connection._passed == 1


async def test_who_has_gone_sends_nothing(telling: Stage) -> None:
    amy = telling.client()
    await amy.connect()
    await amy.leave()
    await amy.emit("two", 1)
    assert not await amy.barrier()
    assert telling.kinds() == [Kind.CONNECTED, Kind.LEFT]


async def test_the_library_keeps_nobody_who_has_been_closed(telling: Stage) -> None:
    amy, terry = telling.client("amy"), telling.client("terry")
    await amy.connect()
    await terry.connect()
    await terry.close_tab()
    for client in (amy, terry):
        await client.close()
    assert engineio.base_client.connected_clients == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("refuses_every_connection", "Connection rejected by server"),
        ("http_error", "Connection error"),
        ("malformed_handshake", "not Engine.IO:"),
    ],
)
async def test_it_says_why_it_was_not_let_in(name: str, why: str) -> None:
    async with stage(TESTS / "hostile" / name) as there:
        assert not await there.client().connect()
        assert there.conversation.entries[-1].kind is Kind.REFUSED
        assert there.conversation.entries[-1].event.startswith(why)


async def test_it_notices_that_the_server_ends_the_connection() -> None:
    async with stage(TESTS / "hostile" / "closes_every_connection") as there:
        amy = there.client()
        await amy.connect()
        await there.conversation.until(lambda: Kind.LOST in there.kinds(), Patience(SECONDS))
        assert not amy.connected


async def test_what_is_no_packet_is_recorded_as_such() -> None:
    async with stage(TESTS / "hostile" / "malformed_packets") as there:
        amy = there.client()
        await amy.connect()
        await join(amy)
        assert await there.conversation.until(
            lambda: Kind.MALFORMED in there.kinds(), Patience(SECONDS)
        )


@pytest.mark.parametrize("payload", [(), (1,), ("terry",), ({"user": "terry"},)])
async def test_an_event_that_is_called_disconnect_is_an_event(
    telling: Stage, payload: tuple[object, ...]
) -> None:
    amy = telling.client()
    await amy.connect()
    await amy.emit("echo", "disconnect", *payload)
    assert await telling.hears("disconnect") == payload
    assert await amy.barrier()
    assert telling.kinds() == [Kind.CONNECTED, Kind.SENT, Kind.HEARD]


async def test_who_is_refused_after_all_has_lost_the_connection(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        TELLING.replace(
            "web.run_app",
            """
from socketio import packet

@sio.event
async def refuse(sid):
    said = packet.Packet(packet.CONNECT_ERROR, data={"message": "the name is taken"})
    await sio._send_packet(sio.manager.eio_sid_from_sid(sid, "/"), said)

web.run_app""",
        )
    )
    async with stage(tmp_path) as there:
        amy = there.client()
        await amy.connect()
        await amy.emit("refuse")
        assert await there.conversation.until(lambda: not amy.connected, Patience(SECONDS))
        await amy.emit("refuse")
        assert there.kinds() == [Kind.CONNECTED, Kind.SENT, Kind.LOST]
        assert there.conversation.entries[-1].event == "the server ends the connection"


async def test_no_event_comes_behind_the_barrier() -> None:
    """A hundred rounds: what was emitted before the barrier is heard before it passes."""
    (folder,) = ROOT.glob("solutions/step06_*")
    async with stage(folder) as there:
        amy, terry = there.client("amy"), there.client("terry")
        await amy.connect()
        await terry.connect()
        for number in range(1, 101):
            await amy.emit("new message", {"sender": "amy", "message": str(number)})
            while len(there.conversation.heard("amy", "new message")) < number:
                assert await amy.barrier()
            assert await terry.barrier()
            assert len(there.conversation.heard("terry", "new message")) == number


@pytest.mark.parametrize(
    ("seconds", "entry"), [(0.02, (Kind.CONNECTED, "websocket")), (60, (Kind.REFUSED, "no answer"))]
)
async def test_one_connection_is_answered_though_another_is_lost_by_it(
    seconds: float, entry: tuple[Kind, str], tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(TAKING_OVER.format(seconds=seconds))
    async with stage(tmp_path) as there:
        amy, kinds = there.client(), there.kinds
        terry = there.client("terry", lambda: Kind.LOST in kinds())
        await amy.connect()
        await terry.connect()
        told = [
            (one.kind, one.event) for one in there.conversation.entries if one.client == "terry"
        ]
        assert told == [entry]
        assert kinds() == [Kind.CONNECTED, Kind.LOST, entry[0]]
