"""Clients that need little time themselves, as many as are wanted."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector

from wire.live.address import Address


@contextlib.asynccontextmanager
async def crowd(
    servers: Sequence[Address], size: int, compress: int = 0
) -> AsyncIterator[list[ClientWebSocketResponse]]:
    """So many clients until the end of the block, one at each server in turn: their lines.

    Each is a WebSocket that has connected to Engine.IO and to Socket.IO, and nothing more.
    compress: the window that each offers to compress with, 2 ** 9 to 2 ** 15 bytes, is 9 to 15
    (RFC 7692, 7.1.2); 0 where it offers nothing.
    """
    async with contextlib.AsyncExitStack() as stack:
        session = ClientSession(connector=TCPConnector(limit=0))
        await stack.enter_async_context(session)
        lines = []
        for number in range(size):
            url = servers[number % len(servers)].url + "/socket.io/?EIO=4&transport=websocket"
            line = await stack.enter_async_context(session.ws_connect(url, compress=compress))
            await line.receive()  # Engine.IO's open
            await line.send_str("40")
            await line.receive()  # Socket.IO's answer to that
            lines.append(line)
        yield lines
