"""A proxy that counts the statements on PostgreSQL's wire, whichever library sends them.

The source is PostgreSQL's documentation, "Frontend/Backend Protocol", version 3: a connection
begins with messages that have no type, the last of them the startup message; then each message is
a byte for its type, four bytes for its length, and the rest. A statement is a Query, or an Execute
of one that was prepared.
"""

import asyncio
import contextlib

from grader.servers.world import MACHINE, World

COUNTED = (b"Q", b"E")  # Query, Execute

_SSL, _GSS = 80877103, 80877104  # requests for encryption, before the startup message
_CHUNK = 2**16


class Counter:
    """Reads what one client sends, in pieces of any size, and counts its statements."""

    def __init__(self) -> None:
        self.count = 0
        self._started = False
        self._buffer = bytearray()
        self._skipped = 0  # bytes of a message that are still to come and are not looked at

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._buffer += data
        while self._take():
            pass

    def _take(self) -> bool:
        """Take a message, or what there is of it; False where more has to come first."""
        if self._skipped:
            taken = min(self._skipped, len(self._buffer))
            del self._buffer[:taken]
            self._skipped -= taken
            return bool(taken) and not self._skipped
        if not self._started:
            return self._begin()
        if len(self._buffer) < 5:
            return False
        self.count += bytes(self._buffer[:1]) in COUNTED
        # The length counts itself, and not the type.
        self._skipped = 1 + int.from_bytes(self._buffer[1:5])
        return True

    def _begin(self) -> bool:
        if len(self._buffer) < 8:
            return False
        length = int.from_bytes(self._buffer[:4])
        self._started = int.from_bytes(self._buffer[4:8]) not in (_SSL, _GSS)
        self._skipped = length
        return True


class CountingProxy:
    """Hands on what comes to `port`, to a port of another world, and counts statements."""

    def __init__(self) -> None:
        self.port = 0
        self._counters: list[Counter] = []
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()

    @property
    def count(self) -> int:
        """The statements so far, of all connections."""
        return sum(counter.count for counter in self._counters)

    async def start(self, upstream: int, world: World = MACHINE, home: World = MACHINE) -> None:
        """Listen on a free port of that world; `upstream` is a port of `home`."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            self._pipes.add(task)
            try:
                await self._connect(home, upstream, reader, writer)
            finally:
                self._pipes.discard(task)

        self._server = await asyncio.start_server(serve, sock=world.listen())
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Let go of every connection."""
        if self._server:
            self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        if self._pipes:
            await asyncio.wait(self._pipes)

    async def _connect(
        self,
        home: World,
        upstream: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        counter = Counter()
        self._counters.append(counter)
        back_writer = None
        try:
            with contextlib.suppress(OSError):
                back = await home.connect("127.0.0.1", upstream)
                back_reader, back_writer = await asyncio.open_connection(sock=back)
                await asyncio.gather(
                    _pipe(reader, back_writer, counter), _pipe(back_reader, writer, None)
                )
        finally:
            for one in (writer, back_writer):
                if one:
                    one.close()


async def _pipe(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counter: Counter | None
) -> None:
    """Hand on until one side ends, then end the other."""
    try:
        while data := await reader.read(_CHUNK):
            if counter:
                counter.feed(data)
            writer.write(data)
            await writer.drain()
    finally:
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()
