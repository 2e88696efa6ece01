"""A balancer hands connections to servers, and finds another where one is gone."""

import asyncio

import pytest

from tests.support import LONGEST
from tests.wire.test_live_servers import HELLO, get
from wire import live
from wire.http_head import Head

STEP1 = "solutions/step01_start_slacking"


async def test_a_balancer_hands_each_connection_to_the_server_that_is_chosen() -> None:
    seen = []

    def choose(head: Head, peer: str, number: int) -> int:
        seen.append((head.start, head.values("Cookie"), peer, number))
        return number

    async with (
        live.program(HELLO, HELLO="zero") as zero,
        live.program(HELLO, HELLO="one") as one,
        live.balanced([zero.address, one.address], choose) as door,
    ):
        answers = [await get(door, f"of={number}") for number in range(3)]
    assert [body for _, body in answers] == ["zero", "one", "zero"]
    assert [head.splitlines()[-1] for head, _ in answers] == [
        "Set-Cookie: server=0",
        "Set-Cookie: server=1",
        "Set-Cookie: server=0",
    ]
    assert seen == [
        ("GET / HTTP/1.1", [f"of={number}"], "127.0.0.1", number) for number in range(3)
    ]


async def test_a_balancer_takes_the_next_server_where_one_is_gone() -> None:
    async with live.program(HELLO, HELLO="here") as here:
        gone = live.Address(live.free_port())
        async with live.balanced([gone, here.address], lambda head, peer, number: 0) as door:
            head, body = await get(door)
        async with live.balanced([gone], lambda head, peer, number: 0) as door:
            nothing = await get(door)
    assert (head.splitlines()[-1], body) == ("Set-Cookie: server=1", "here")
    assert nothing == ("", "")


async def test_a_balancer_carries_a_websocket_and_ends_it_with_its_block() -> None:
    async with live.serving(STEP1) as address:
        async with live.balanced([address], lambda head, peer, number: 0) as door:
            line = await live.WebSocket(door).__aenter__()
            await line.send("hello")
            assert await line.receive() == "hello"
        with pytest.raises((EOFError, ConnectionResetError)):
            async with asyncio.timeout(LONGEST):
                await line.receive()
        await line.__aexit__()
