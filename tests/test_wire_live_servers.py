"""A server is there inside its block, and not after it."""

import asyncio

import pytest

from wire import live

STEP4 = "solutions/step04_join_the_chat"


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
