"""A load balancer: one address in front of several servers."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeAlias

from wire.http_head import Head
from wire.live.address import CHUNK, Address

# From the first head on a connection, the address it comes from, and how many connections came
# before it, to the place of a server; counted on, where there are fewer.
Choose: TypeAlias = Callable[[Head, str, int], int]


@contextlib.asynccontextmanager
async def balanced(servers: Sequence[Address], choose: Choose) -> AsyncIterator[Address]:
    """A load balancer in front of the servers, on a free port until the end of the block.

    Each connection goes to the server that is chosen, or, where that one is gone, to the next that
    is there. The first answer on it gets a cookie, `server`, with that server's place.
    """
    numbers = itertools.count()
    writers: list[asyncio.StreamWriter] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(OSError, EOFError):
            head = await reader.readuntil(b"\r\n\r\n")
            peer: str = writer.get_extra_info("peername")[0]
            place = choose(Head.parse(head[:-4]), peer, next(numbers)) % len(servers)
            place, back, there = await _reach(servers, place)
            writers.append(there)
            there.write(head)
            carrying = asyncio.create_task(_hand_on(reader, there))
            answer = await back.readuntil(b"\r\n\r\n")
            writer.write(answer[:-2] + f"Set-Cookie: server={place}\r\n\r\n".encode())
            await asyncio.gather(carrying, _hand_on(back, writer))
        writer.close()

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield Address(listener.sockets[0].getsockname()[1])
    finally:
        listener.close()
        for one in writers:
            one.transport.abort()


async def _reach(
    servers: Sequence[Address], place: int
) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the server at this place, or to the next that is there; and its place."""
    for at in (*range(place, len(servers)), *range(place)):
        with contextlib.suppress(OSError):
            return at, *await asyncio.open_connection(servers[at].host, servers[at].port)
    raise ConnectionRefusedError("none of the servers is there")


async def _hand_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(CHUNK):
            sink.write(data)
            await sink.drain()
    sink.close()
