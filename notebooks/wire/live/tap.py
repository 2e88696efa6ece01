"""A tap on the line: a proxy that records what goes by, and can lose it."""

import asyncio
import contextlib
import socket
import struct
import time
from dataclasses import dataclass

from wire.live.address import CHUNK, Address


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
    cable does that was pulled; `deliver()` repairs that for what comes later. `cut()` resets all
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
