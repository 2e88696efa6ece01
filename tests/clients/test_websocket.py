"""The client of bytes and those of libraries, against servers that answer in every way."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from grader.clients import frames
from grader.clients.echo import EchoClient
from grader.clients.frames import Opcode, fragments, frame, get, ping, text, upgrade
from grader.clients.libraries import AiohttpClient, LibraryClient, WebsocketsClient
from grader.clients.line import Line
from grader.clients.websocket import RawClient
from grader.history.conversation import Conversation, Kind
from grader.history.patience import Patience
from grader.servers.launcher import HostLauncher
from grader.servers.ports import free_port
from grader.servers.server import Submission, serving
from grader.servers.warm import WarmHost
from tests.support import ROOT

SECONDS = 10.0
BRIEF = 0.05  # the patience where a test is about what does not come
SHORT = 0.5  # the same, where something else must come first

SOLUTION = ROOT / "solutions" / "step01_start_slacking"
SWITCHED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


AClient = TypeVar("AClient", bound=EchoClient)


class Stage:
    """A server at `url`, and the clients that a test connects to it."""

    def __init__(self, url: str, conversation: Conversation, seconds: float) -> None:
        self.url = url
        self.conversation = conversation
        self.seconds = seconds
        self.clients: list[EchoClient] = []

    def client(self, kind: type[AClient], name: str = "amy") -> AClient:
        one = kind(name, Line(self.url, self.conversation, lambda: Patience(self.seconds)))
        self.clients.append(one)
        return one

    async def dial(self, name: str = "amy") -> RawClient:
        client = self.client(RawClient, name)
        assert await client.connect()
        return client

    async def upgraded(self) -> RawClient:
        client = await self.dial()
        await client.send(get(upgrade()))
        await self.hears("response")
        return client

    async def hears(self, event: str) -> tuple[object, ...]:
        """The arguments of the last event of this name that amy hears, once there is one."""
        heard = self.conversation.heard
        assert await self.conversation.until(lambda: bool(heard("amy", event)), Patience(SECONDS))
        return self.conversation.entries[heard("amy", event)[-1]].args

    async def recorded(self, kind: Kind) -> tuple[str, tuple[object, ...]]:
        """The first entry of this kind, once there is one: its event and arguments."""

        def found() -> list[tuple[str, tuple[object, ...]]]:
            return [(e.event, e.args) for e in self.conversation.entries if e.kind is kind]

        assert await self.conversation.until(lambda: bool(found()), Patience(SECONDS))
        return found()[0]

    def heard(self) -> list[tuple[str, tuple[object, ...]]]:
        return [(e.event, e.args) for e in self.conversation.entries if e.kind is Kind.HEARD]


@asynccontextmanager
async def against(talk: Talk, seconds: float = SECONDS) -> AsyncIterator[Stage]:
    """A server that does just this with each connection."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionResetError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    stage = Stage(f"http://127.0.0.1:{port}", Conversation(), seconds)
    try:
        yield stage
    finally:
        await asyncio.gather(*(client.close() for client in stage.clients))
        server.close()


def answering(*answers: bytes, silent: bool = True) -> Talk:
    """Take a head and send these; then say nothing, or end the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(answers)
        if silent:
            await reader.read(-1)

    return talk


@pytest.fixture
async def solution() -> AsyncIterator[Stage]:
    """The solution of step 1."""
    conversation = Conversation()
    launcher = HostLauncher(WarmHost(()))
    try:
        async with serving(Submission(SOLUTION), launcher, SECONDS, conversation.changed) as server:
            stage = Stage(server.url, conversation, SECONDS)
            yield stage
            await asyncio.gather(*(client.close() for client in stage.clients))
    finally:
        await launcher.close()


async def test_what_is_said_and_heard_is_in_the_history(solution: Stage) -> None:
    amy = await solution.upgraded()
    await amy.send(text("hello"))
    await solution.hears("text")
    await amy.send(ping(b"there?"))
    await solution.hears("pong")
    await amy.send(frames.close(4000))
    await solution.hears("end")
    assert [(e.kind, e.event, e.args) for e in solution.conversation.entries] == [
        (Kind.CONNECTED, "tcp", ()),
        (Kind.SENT, "GET /", (upgrade(),)),
        (
            Kind.HEARD,
            "response",
            (
                101,
                {
                    "Upgrade": "websocket",
                    "Connection": "Upgrade",
                    "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                },
            ),
        ),
        (Kind.SENT, "text", ("hello",)),
        (Kind.HEARD, "text", ("hello",)),
        (Kind.SENT, "ping", ("there?",)),
        (Kind.HEARD, "pong", ("there?",)),
        (Kind.SENT, "close", (4000,)),
        (Kind.HEARD, "close", (4000,)),
        (Kind.HEARD, "end", ()),
    ]
    assert not amy.connected
    assert not solution.conversation.socketio


async def test_behind_a_barrier_all_has_come_and_nothing_shows_of_it(solution: Stage) -> None:
    amy = await solution.upgraded()
    texts = [f"no. {i}" for i in range(50)]
    await amy.send(*map(text, texts))
    assert await amy.barrier()
    assert solution.heard()[1:] == [("text", (one,)) for one in texts]
    sent = [e.event for e in solution.conversation.entries if e.kind is Kind.SENT]
    assert sent == ["GET /", *["text"] * 50]


async def test_before_the_upgrade_a_barrier_asks_nothing(solution: Stage) -> None:
    amy = await solution.dial()
    assert await amy.barrier()
    await amy.send(get(upgrade()))
    await solution.hears("response")


async def test_what_is_refused_is_over_with_its_answer(solution: Stage) -> None:
    amy = await solution.dial()
    await amy.send(get({}))
    assert (await solution.hears("response"))[0] == 426
    assert not amy.connected
    await solution.hears("end")
    await amy.send(text("anybody?"))
    assert Kind.LOST not in [e.kind for e in solution.conversation.entries]


async def test_a_head_byte_by_byte_is_read_byte_by_byte() -> None:
    packets: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while packet := await reader.read(100_000):
            packets.append(packet)

    async with against(talk) as stage:
        amy = await stage.dial()
        request = get(upgrade())
        await amy.send(request, cuts=tuple(range(1, len(request.data))))
        assert packets == [bytes([byte]) for byte in request.data]
        sent = (f"GET /, in {len(request.data)} packets", (upgrade(),))
        assert await stage.recorded(Kind.SENT) == sent


async def test_it_does_by_itself_what_every_client_does() -> None:
    """It answers a ping, and a close that it has not asked for."""
    came = asyncio.get_running_loop().create_future()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(SWITCHED + b"\x89\x02ab" + b"\x88\x05\x03\xe8bye")
        came.set_result((await reader.readexactly(8), await reader.readexactly(8)))

    async with against(talk) as stage:
        await stage.upgraded()
        assert await came == (frame(Opcode.PONG, b"ab"), frame(Opcode.CLOSE, b"\x03\xe8"))
        assert stage.heard()[1:3] == [("ping", ("ab",)), ("close", (1000,))]


async def test_what_it_answers_comes_after_the_frame_that_it_is_sending() -> None:
    message, came = text("hello"), asyncio.get_running_loop().create_future()
    answers = frame(Opcode.PONG, b"ab") + frame(Opcode.CLOSE, b"\x03\xe8")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(SWITCHED)
        first = await reader.readexactly(1)
        writer.write(b"\x89\x02ab" + b"\x88\x05\x03\xe8bye")
        rest = await reader.readexactly(len(message.data) - 1 + len(answers))
        came.set_result(first + rest)

    async with against(talk) as stage:
        amy = await stage.upgraded()
        await amy.send(message, cuts=tuple(range(1, len(message.data))))
        assert await came == message.data + answers


async def test_a_server_may_fragment_and_send_bytes() -> None:
    parts = b"\x01\x02n\xc3", b"\x89\x00", b"\x80\x02\xa4h", b"\x82\x01\xff", b"\x88\x00"
    async with against(answering(SWITCHED, *parts)) as stage:
        await stage.upgraded()
        await stage.hears("close")
        said = [("ping", ("",)), ("text", ("n\xe4h",)), ("binary", (b"\xff",)), ("close", ())]
        assert stage.heard()[1:] == said


@pytest.mark.parametrize(
    ("answer", "what", "why"),
    [
        (b"hello\r\n\r\n", "b'hello'", "is no HTTP response (RFC 9112, 4)"),
        (
            SWITCHED + frame(Opcode.TEXT, b"hello"),
            "a text frame",
            "is masked; only a client masks (RFC 6455, 5.1)",
        ),
        (
            SWITCHED + b"\x81\x02\xff\xfe",
            r"a text of 2 bytes, b'\xff\xfe'",
            "is not UTF-8 (RFC 6455, 5.6)",
        ),
        (SWITCHED + b"\x80\x00", "a continuation frame", "continues nothing (RFC 6455, 5.4)"),
        (
            SWITCHED + b"\x01\x00" + b"\x81\x00",
            "a text frame",
            "comes in the middle of a message (RFC 6455, 5.4)",
        ),
        (
            SWITCHED + b"\x88\x01\x03",
            "a close frame",
            "has one byte; a code has two (RFC 6455, 5.5.1)",
        ),
    ],
)
async def test_what_breaks_the_protocol_is_recorded(answer: bytes, what: str, why: str) -> None:
    async with against(answering(answer)) as stage:
        amy = await stage.dial()
        await amy.send(get(upgrade()))
        event, args = await stage.recorded(Kind.MALFORMED)
        assert (event, args[0]) == (what, why)
        assert not amy.connected


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            SWITCHED[:-2],
            "has no blank line after it, which ends a head of HTTP (RFC 9112, 2.1)",
        ),
        (
            SWITCHED + b"\x81\x05hel",
            "is not a whole frame; the rest of it did not come (RFC 6455, 5.2)",
        ),
    ],
)
async def test_what_comes_to_no_end_is_found_by_a_barrier(answer: bytes, why: str) -> None:
    async with against(answering(answer)) as stage:
        amy = await stage.dial()
        stage.seconds = BRIEF
        await amy.send(get(upgrade()))
        await stage.conversation.until(lambda: bool(amy._buffer), Patience(SECONDS))
        assert await amy.barrier()
        _, args = await stage.recorded(Kind.MALFORMED)
        assert args[0] == why


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (b"", "the server ends it without an answer"),
        (SWITCHED, "the server ends it without a close frame"),
    ],
)
async def test_an_end_without_a_word_is_a_loss(answer: bytes, how: str) -> None:
    async with against(answering(answer, silent=False)) as stage:
        amy = await stage.dial()
        await amy.send(get(upgrade()))
        assert await stage.recorded(Kind.LOST) == (how, ())
        assert not amy.connected


async def test_a_reset_is_a_loss_too() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
        )
        writer.transport.abort()

    async with against(talk) as stage:
        amy = await stage.dial()
        await amy.send(get(upgrade()))
        assert await stage.recorded(Kind.LOST) == ("it breaks off without an answer", ())


async def test_a_text_that_does_not_come_back_is_no_hang() -> None:
    async with against(answering(SWITCHED), SHORT) as stage:
        amy = await stage.upgraded()
        assert await amy.barrier()
        assert amy.connected


async def test_a_busy_machine_gives_more_time_to_connect() -> None:
    async with against(answering()) as stage:
        line = Line(stage.url, stage.conversation, lambda: Patience(0.2, lambda: SECONDS))
        amy = RawClient("amy", line)
        stage.clients.append(amy)
        asyncio.get_running_loop().call_soon(time.sleep, 0.3)
        assert await amy.connect()


async def test_who_listens_no_more_lets_nobody_in() -> None:
    stage = Stage(f"http://127.0.0.1:{free_port()}", Conversation(), SECONDS)
    assert not await stage.client(RawClient).connect()
    assert await stage.recorded(Kind.REFUSED) == ("nobody listens any more", ())
    await stage.clients[0].close()


@pytest.mark.parametrize("how", ["leave", "cut"])
async def test_it_goes_and_the_server_sees_it(how: str) -> None:
    gone = asyncio.get_running_loop().create_future()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(SWITCHED)
            gone.set_result(await reader.read(-1))
        except ConnectionResetError:
            gone.set_result("reset")

    async with against(talk) as stage:
        amy = await stage.upgraded()
        await getattr(amy, how)()
        assert await gone == ("reset" if how == "cut" else frames.close(1001).data)
        words = {"leave": "leaves", "cut": "is cut off"}
        assert await stage.recorded(Kind.LEFT) == (words[how], ())
        assert not amy.connected


LIBRARIES = pytest.mark.parametrize("library", [AiohttpClient, WebsocketsClient])


@LIBRARIES
async def test_a_library_talks_and_leaves(library: type[LibraryClient], solution: Stage) -> None:
    amy = solution.client(library)
    assert await amy.connect()
    await amy.say("hello")
    assert await amy.barrier()
    assert solution.heard() == [("text", ("hello",))]
    await amy.leave()
    assert await solution.hears("close") == (1000,)


async def test_how_long_a_close_may_take_is_for_us_to_say(solution: Stage) -> None:
    """By themselves both give up after ten seconds, and take the connection for closed then."""
    amy, terry = solution.client(AiohttpClient), solution.client(WebsocketsClient)
    assert await amy.connect()
    assert await terry.connect()
    assert terry._socket
    assert (amy._socket._timeout.ws_close, terry._socket.close_timeout) == (3600, 3600)


@LIBRARIES
async def test_a_library_says_why_it_is_not_let_in(library: type[LibraryClient]) -> None:
    async with against(answering(b"HTTP/1.1 501 Not Implemented\r\n\r\n", silent=False)) as stage:
        assert not await stage.client(library).connect()
        why, _ = await stage.recorded(Kind.REFUSED)
        assert why.startswith(f"{library.library}: ")
        assert "501" in why


@LIBRARIES
async def test_a_library_that_is_not_answered_gives_up(library: type[LibraryClient]) -> None:
    async with against(answering(), BRIEF) as stage:
        assert not await stage.client(library).connect()
        why = f"{library.library}: no answer within 0.05 s"
        assert await stage.recorded(Kind.REFUSED) == (why, ())


@LIBRARIES
async def test_a_library_is_not_waited_for_where_the_server_has_ended(
    library: type[LibraryClient],
) -> None:
    conversation = Conversation()
    line = Line("http://127.0.0.1:1", conversation, lambda: Patience(SECONDS), lambda: True)
    amy = library("amy", line)
    assert not await amy.connect()
    await amy.close()
    assert [entry.event for entry in conversation.entries] == [f"{library.library}: no answer"]


@LIBRARIES
async def test_a_library_loses_what_the_server_closes(library: type[LibraryClient]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        key = head.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0].decode()
        answer = SWITCHED.decode().replace(
            frames.accept_of(frames.SAMPLE_KEY), frames.accept_of(key)
        )
        writer.write(answer.encode() + b"\x88\x02\x03\xf3")
        await reader.read(100)  # the answer

    async with against(talk) as stage:
        amy = stage.client(library)
        assert await amy.connect()
        how = ("the library has closed it, with code 1011", ())
        assert await stage.recorded(Kind.LOST) == how
        assert not amy.connected


async def test_fragments_may_be_cut_anywhere(solution: Stage) -> None:
    amy = await solution.upgraded()
    await amy.send(*fragments("n\xe4h: ok", 2, 2, 5), cuts=(1, 2, 5, 9))
    assert await solution.hears("text") == ("n\xe4h: ok",)


async def test_what_was_answered_before_a_reset_is_heard() -> None:
    """A server may refuse what it has read, and let what is still sent to it run into a reset."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        stage = Stage(url, Conversation(), SECONDS)
        amy = await stage.dial()
        theirs, _ = server.accept()
        theirs.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        theirs.close()
        await amy.send(get(upgrade()))
        await stage.hears("end")
        assert stage.heard() == [("response", (400, {})), ("end", ())]
