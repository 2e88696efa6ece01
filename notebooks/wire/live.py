"""Real servers to talk to, and a tap on the line: the only module here that does I/O.

async with serving("solutions/step06_saving_and_destroying_users") as address:
    async with Tap(address) as tap:
        ...  # a client that connects to tap.address talks to the server through the tap
        tap.passed  # every chunk of bytes that went by, with its time and its direction
    async with WebSocket(address, "/socket.io/?EIO=4&transport=websocket") as line:
        await line.receive()  # what the server says, message by message
"""

import asyncio
import contextlib
import os
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from wire.frame_parser import FrameParser
from wire.frames import Close, CloseCode, Frame, Message, Opcode, fresh_key
from wire.handshake import Request, Response
from wire.http_head import HeadParser

ROOT = Path(__file__).parents[2]  # the course's own folder
PATIENCE = 20.0  # seconds that a server may take until it listens
CHUNK = 65536  # bytes read at a time, at most


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    port: int
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def serving(folder: str | Path, **environment: str) -> AsyncIterator[Address]:
    """Run a step's `app.py` on a free port until the block ends.

    folder: a path from the course's own folder, such as "solutions/step05_start_chatting".
    environment: further environment variables, such as PING_INTERVAL="1".
    Raises RuntimeError, with what it printed, where the server ends before it listens, and
    TimeoutError where it does not listen within PATIENCE.
    """
    address = Address(free_port())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        cwd=ROOT / folder,
        env={**os.environ, **environment, "PORT": str(address.port)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed = asyncio.create_task(_last_lines(process))
    try:
        async with asyncio.timeout(PATIENCE):
            while not await _listens(address):
                if process.returncode is not None:
                    raise RuntimeError(f"{folder}/app.py ended:\n{await printed}")
                await asyncio.sleep(0.02)
        yield address
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await printed


async def _listens(address: Address) -> bool:
    try:
        _, writer = await asyncio.open_connection(address.host, address.port)
    except OSError:
        return False
    writer.close()
    return True


async def _last_lines(process: asyncio.subprocess.Process) -> str:
    """What the server printed, its end at least; reading it keeps the pipe from filling up."""
    assert process.stdout
    kept = b""
    while chunk := await process.stdout.read(CHUNK):
        kept = (kept + chunk)[-CHUNK:]
    return kept.decode("utf-8", "replace")


@dataclass(frozen=True)
class Passed:
    """Bytes that went by: when (in seconds since the tap began), on which connection, which way."""

    at: float
    connection: int
    to_server: bool
    data: bytes


class Tap:
    """A TCP proxy on a free port, in front of a server: it records, and can lose what it carries.

    `swallow()` makes it drop every byte in both directions with all connections still open, as a
    cable does that was pulled; `deliver()` mends that for what comes later. `cut()` resets all
    connections.
    """

    def __init__(self, server: Address) -> None:
        self.passed: list[Passed] = []
        self.swallowed = 0  # bytes
        self._server = server
        self._swallowing = False
        self._began = time.monotonic()
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections = 0
        self._listener: asyncio.Server | None = None

    async def __aenter__(self) -> "Tap":
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self._began = time.monotonic()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listener
        self._listener.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def address(self) -> Address:
        """Where clients connect to."""
        assert self._listener, "the tap is open inside its async with block only"
        return Address(self._listener.sockets[0].getsockname()[1])

    def swallow(self) -> None:
        """Lose every byte from now on."""
        self._swallowing = True

    def deliver(self) -> None:
        """Carry bytes again."""
        self._swallowing = False

    def cut(self) -> None:
        """Reset all connections, on both sides."""
        for writer in self._writers:
            there = writer.get_extra_info("socket")
            if there.fileno() >= 0:  # a connection that has ended by itself has none left
                # Closing a socket that does not linger sends a reset (RFC 9293, 3.10.7).
                there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        self._writers.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        try:
            there = await asyncio.open_connection(self._server.host, self._server.port)
        except OSError:
            writer.transport.abort()
            return
        self._writers += [writer, there[1]]
        for source, sink, to_server in ((reader, there[1], True), (there[0], writer, False)):
            task = asyncio.create_task(self._carry(source, sink, number, to_server))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        connection: int,
        to_server: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK):
                if self._swallowing:
                    self.swallowed += len(data)
                    continue
                at = time.monotonic() - self._began
                self.passed.append(Passed(at, connection, to_server, data))
                sink.write(data)
                await sink.drain()
        if not self._swallowing:  # who swallows swallows the end, too
            with contextlib.suppress(OSError):
                sink.close()


class WebSocket:
    """The client's end of a WebSocket: `handshake` and `frames` on a TCP connection, no more.

    target: the path and the query that are asked for.
    Entering the block raises ResponseError where the server answers with anything but a WebSocket.
    Leaving it closes.
    """

    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter

    def __init__(self, server: Address, target: str = "/") -> None:
        self._server = server
        self._request = Request(f"{server.host}:{server.port}", target)
        self._parser = FrameParser(masked=False)
        self._messages: deque[str | bytes] = deque()
        self._closed: Close | None = None  # by the server, and how

    async def __aenter__(self) -> "WebSocket":
        self._reader, self._writer = await asyncio.open_connection(
            self._server.host, self._server.port
        )
        try:
            self._writer.write(self._request.head().serialise())
            head = HeadParser()
            while (answer := head.feed(await self._some())) is None:
                pass
            Response.parse(answer, self._request)
        except BaseException:
            self._writer.close()
            raise
        self._take(head.rest)
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._closed:
            self._write(Close(CloseCode.NORMAL).frame())
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def send(self, data: str | bytes) -> None:
        """Send a message, str as text, bytes as binary."""
        for frame in Message(data).frames():
            self._write(frame)
        await self._writer.drain()

    async def receive(self) -> str | bytes:
        """The next message. Raises EOFError, which says how, where the connection ends before."""
        while not self._messages:
            if self._closed:
                raise EOFError(f"the server closed the connection: {self._closed.code}")
            self._take(await self._some())
        return self._messages.popleft()

    async def _some(self) -> bytes:
        data = await self._reader.read(CHUNK)
        if not data:
            raise EOFError("the server ended the connection without a word")
        return data

    def _take(self, data: bytes) -> None:
        for event in self._parser.feed(data):
            match event:
                case Message(data=message):
                    self._messages.append(message)
                case Frame(opcode=Opcode.PING):
                    # RFC 6455, 5.5.2: a ping is answered with a pong that carries the same.
                    self._write(Frame(Opcode.PONG, event.payload))
                case Frame(opcode=Opcode.CLOSE):
                    # RFC 6455, 5.5.1: and a close with a close.
                    self._closed = Close.parse(event.payload)
                    self._write(event)

    def _write(self, frame: Frame) -> None:
        self._writer.write(frame.serialise(fresh_key()))
