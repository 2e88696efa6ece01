"""Real servers to talk to, and a tap on the line: the only module here that does I/O.

async with serving("solutions/step06_saving_and_destroying_users") as address:
    async with Tap(address) as tap:
        ...  # a client that connects to tap.address talks to the server through the tap
        tap.passed  # every chunk of bytes that went by, with its time and its direction
"""

import asyncio
import contextlib
import os
import socket
import struct
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

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
            # Closing a socket that does not linger sends a reset (RFC 9293, 3.10.7).
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
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
