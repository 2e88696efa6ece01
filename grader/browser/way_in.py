"""The browser's way into a world: a proxy that leads to one server there, and nowhere else.

It speaks as much of HTTP/1.1 as a browser says to a proxy (RFC 9112, 3.2.2 and 3.2.3): requests
with a whole URL, which go on with the path alone, and CONNECT, which it uses for WebSocket. What
the server answers goes back as it comes. A client that asks for anything else finds the connection
closed.
"""

import asyncio
import contextlib
from urllib.parse import urlsplit

from grader.servers.world import World

_LONGEST_HEAD = 2**16
_CHUNK = 2**16


class WayIn:
    """A proxy on 127.0.0.1 of the machine, to the server at `url` in a world."""

    def __init__(self, url: str, world: World) -> None:
        self._server = urlsplit(url).netloc
        self._world = world
        self._listener: asyncio.Server | None = None
        self._visits: set[asyncio.Task[None]] = set()

    async def open(self) -> str:
        """Begin to listen; the URL of the proxy."""
        self._listener = await asyncio.start_server(
            self._visited, "127.0.0.1", 0, limit=_LONGEST_HEAD
        )
        port = self._listener.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def close(self) -> None:
        """End all that goes through it."""
        if self._listener:
            self._listener.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.current_task()
        assert visit
        self._visits.add(visit)
        try:
            with contextlib.suppress(OSError, ValueError, EOFError, asyncio.LimitOverrunError):
                await self._lead(reader, writer)
        except asyncio.CancelledError:
            pass  # asyncio's own callback takes a cancelled visit for an error
        finally:
            self._visits.discard(visit)
            writer.transport.abort()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take the first request, and lead it and what follows to the server."""
        first = await _head(reader)
        if self._address(first) != self._server:
            return
        host, _, port = self._server.rpartition(":")
        connected = await self._world.connect(host.strip("[]"), int(port))
        to_reader, to_writer = await asyncio.open_connection(sock=connected)
        try:
            if first.startswith(b"CONNECT "):
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                there = asyncio.create_task(_pour(reader, to_writer))
            else:
                there = asyncio.create_task(self._requests(first, reader, to_writer))
            back = asyncio.create_task(_pour(to_reader, writer))
            try:
                # Once the server has said its last word there is nobody to ask.
                await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
                if there.done() and not there.exception():
                    await back
            finally:
                for one in (there, back):
                    one.cancel()
                await asyncio.gather(there, back, return_exceptions=True)
        finally:
            to_writer.transport.abort()

    async def _requests(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Send on one request after another."""
        while self._address(head) == self._server:
            writer.write(_for_the_server(head))
            left = _length(head)
            while left:
                data = await reader.readexactly(min(left, _CHUNK))
                left -= len(data)
                writer.write(data)
                await writer.drain()
            await writer.drain()
            head = await _head(reader)

    @staticmethod
    def _address(head: bytes) -> str:
        """The host and port that a request is for."""
        method, target, *_ = head.split(b" ", 2)
        text = target.decode("latin-1")
        return text if method == b"CONNECT" else urlsplit(text).netloc


async def _head(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


def _for_the_server(head: bytes) -> bytes:
    """The head as it would come without a proxy."""
    request, *headers = head.split(b"\r\n")
    method, target, version = request.split(b" ")
    _, _, path = target.split(b"//", 1)[1].partition(b"/")
    kept = [line for line in headers if not line.lower().startswith(b"proxy-")]
    if b"proxy-connection: keep-alive" in head.lower():
        kept.insert(1, b"Connection: keep-alive")
    return b"\r\n".join((b" ".join((method, b"/" + path, version)), *kept))


def _length(head: bytes) -> int:
    """The bytes of the body; a browser says how many they are."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send on what comes until it ends."""
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
