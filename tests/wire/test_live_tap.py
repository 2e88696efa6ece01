"""The tap carries, records, loses and cuts."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support import LONGEST
from wire import live


@pytest.fixture
async def echo() -> AsyncIterator[live.Address]:
    """A server that sends back what it gets."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    yield live.Address(server.sockets[0].getsockname()[1])
    server.close()


async def test_the_tap_carries_and_records_both_directions(echo: live.Address) -> None:
    async with live.Tap(echo) as tap:
        reader, writer = await asyncio.open_connection(tap.address.host, tap.address.port)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        writer.close()
    assert [(p.connection, p.to_server, p.data) for p in tap.passed] == [
        (1, True, b"hello"),
        (1, False, b"hello"),
    ]
    assert 0 <= tap.passed[0].at <= tap.passed[1].at


async def test_a_tap_that_swallows_loses_bytes_and_keeps_the_connection(
    echo: live.Address,
) -> None:
    async with live.Tap(echo) as tap:
        reader, writer = await asyncio.open_connection(tap.address.host, tap.address.port)
        tap.swallow()
        writer.write(b"lost")
        await writer.drain()
        async with asyncio.timeout(LONGEST):
            while tap.swallowed < 4:  # noqa: ASYNC110 - the tap has no event for it
                await asyncio.sleep(0)
        tap.deliver()
        writer.write(b"found")
        assert await reader.readexactly(5) == b"found"


async def test_cut_resets_all_connections(echo: live.Address) -> None:
    async with live.Tap(echo) as tap:
        reader, writer = await asyncio.open_connection(tap.address.host, tap.address.port)
        writer.write(b"hello")
        await reader.readexactly(5)
        tap.cut()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)


async def test_a_tap_ends_whose_connections_have_ended_before(echo: live.Address) -> None:
    async with live.Tap(echo) as tap:
        reader, writer = await asyncio.open_connection(tap.address.host, tap.address.port)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
