"""A crowd is spread over the servers."""

import asyncio

from tests.support import LONGEST
from wire import live

STEP4 = "solutions/step04_join_the_chat"


async def test_a_crowd_is_spread_over_the_servers_and_hears_them() -> None:
    async with (
        live.serving(STEP4) as one,
        live.serving(STEP4) as other,
        live.crowd([one, other], 3) as (first, second, third),
        asyncio.timeout(LONGEST),
    ):
        await first.send_str('42["new user","amy"]')
        assert await first.receive_str() == '42["new user","amy"]'
        assert await third.receive_str() == '42["new user","amy"]'
        await second.send_str('42["new user","ben"]')
        assert await second.receive_str() == '42["new user","ben"]'
