"""The tap carries, records, loses and cuts; a server is there inside its block only.

And the WebSocket speaks with step 1, and with a server that pings and closes.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
import websockets

from tests.support import LONGEST
from wire import live
from wire.handshake import Request, ResponseError
from wire.http_head import HeadParser

STEP1 = "solutions/step01_start_slacking"
STEP4 = "solutions/step04_join_the_chat"


@pytest.fixture
async def echo() -> AsyncIterator[live.Address]:
    """A server that sends back what it gets."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(live.CHUNK):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    yield live.Address(server.sockets[0].getsockname()[1])
    server.close()


async def test_a_server_listens_inside_its_block_and_not_after_it() -> None:
    async with live.serving(STEP4) as address:
        _, writer = await asyncio.open_connection(address.host, address.port)
        writer.close()
        assert address.url == f"http://127.0.0.1:{address.port}"
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(address.host, address.port)


async def test_a_server_that_does_not_start_says_what_it_printed() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)^solutions/app\.py ended:\n.*No such file"):
        async with live.serving("solutions"):
            pass


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


async def test_a_websocket_speaks_with_step_1_in_texts_of_each_length() -> None:
    async with live.serving(STEP1) as address, live.WebSocket(address) as line:
        for text in ("", "Hellö", "x" * 126, "x" * 70_000):
            await line.send(text)
            assert await line.receive() == text


async def test_a_websocket_answers_a_ping_and_says_how_the_server_closed() -> None:
    async def handle(connection: websockets.ServerConnection) -> None:
        await (await connection.ping())
        await connection.send(b"\x00")
        await connection.close(4000)

    async with websockets.serve(handle, "127.0.0.1", 0) as server:
        address = live.Address(next(iter(server.sockets)).getsockname()[1])
        async with live.WebSocket(address) as line:
            assert await line.receive() == b"\x00"
            with pytest.raises(EOFError, match=r"^the server closed the connection: 4000$"):
                await line.receive()


async def test_a_websocket_is_not_opened_by_a_server_that_only_speaks_http() -> None:
    async with live.serving(STEP4) as address:
        with pytest.raises(ResponseError, match=r"^'HTTP/1\.1 404 Not Found' is no upgrade"):
            async with live.WebSocket(address, "/nowhere"):
                pass


async def test_a_websocket_says_when_the_server_ends_without_a_word() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = HeadParser().feed(await reader.readuntil(b"\r\n\r\n"))
        assert head
        writer.write(Request.parse(head).accept().head().serialise())
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        address = live.Address(server.sockets[0].getsockname()[1])
        async with live.WebSocket(address) as line:
            with pytest.raises(EOFError, match=r"^the server ended the connection without a word$"):
                await line.receive()
