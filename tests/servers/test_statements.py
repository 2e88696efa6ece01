"""Statements on PostgreSQL's wire are counted, however the bytes are cut."""

import asyncio
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from grader.servers.statements import Counter, CountingProxy

SSL, STARTUP = (8).to_bytes(4) + (80877103).to_bytes(4), b"\0\0\0\x0f\0\3\0\0user\0a\0"


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + (4 + len(body)).to_bytes(4) + body


QUERY = message(b"Q", b"SELECT 'QE';\0")
PREPARED = b"".join(message(kind, b"Q" * 9) for kind in (b"P", b"D", b"S", b"B", b"E", b"S"))


def count(data: bytes, cuts: list[int]) -> int:
    counter = Counter()
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        counter.feed(data[start:end])
    return counter.count


@given(
    st.lists(st.sampled_from([(QUERY, 1), (PREPARED, 1), (message(b"X"), 0)])),
    st.booleans(),
    st.lists(st.integers(0, 10_000)),
)
def test_queries_and_executions_count(
    parts: list[tuple[bytes, int]], encrypts: bool, cuts: list[int]
) -> None:
    data = SSL * encrypts + STARTUP + b"".join(part for part, _ in parts)
    assert count(data, cuts) == sum(one for _, one in parts)


def test_what_begins_a_connection_is_no_statement() -> None:
    begins = (len(b"QQQQ") + 8).to_bytes(4) + (196608).to_bytes(4) + b"QQQQ"
    assert count(begins, []) == 0
    assert count(begins + QUERY, []) == 1


async def test_a_proxy_hands_on_both_ways_and_ends_both_sides() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read()).upper())
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = CountingProxy()
    await proxy.start(server.sockets[0].getsockname()[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(STARTUP + QUERY)
    writer.write_eof()
    assert await reader.read() == (STARTUP + QUERY).upper()
    assert proxy.count == 1
    writer.close()
    await proxy.close()
    server.close()


async def test_a_proxy_of_nobody_ends_the_connection() -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    nobody = server.sockets[0].getsockname()[1]
    server.close()
    proxy = CountingProxy()
    await proxy.start(nobody)
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await reader.read() == b""
    writer.close()
    await proxy.close()
