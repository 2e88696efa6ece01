"""The WebSocket speaks with step 1, and with a server that pings and closes."""

import asyncio

import pytest
import websockets

from wire import live
from wire.handshake import Request, ResponseError
from wire.http_head import HeadParser

STEP1 = "solutions/step01_start_slacking"
STEP4 = "solutions/step04_join_the_chat"


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
