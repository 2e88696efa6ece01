"""A Redis of a check's own: empty, in the check's world, away for a while, and gone after it."""

from collections.abc import AsyncIterator

import pytest

from grader.servers import redis
from grader.servers.launcher import HostLauncher, a_world
from grader.servers.protocol import Launcher
from grader.servers.services import Services
from grader.servers.warm import WarmHost
from grader.servers.world import World
from tests.support import missing_tool, running_children

WANTED = {"REDIS_URL": "redis://{redis}/0"}


@pytest.fixture
async def launcher() -> AsyncIterator[Launcher]:
    if missing := redis.missing():
        missing_tool(missing)
    one = HostLauncher(WarmHost(()))
    yield one
    await one.close()


async def say(world: World, address: str, *words: str) -> bytes:
    """What Redis answers to a command (its protocol, RESP: an array of bulk strings)."""
    host, _, port = address.partition(":")
    with await world.connect(host, int(port)) as one:
        parts = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        one.setblocking(True)
        one.sendall(f"*{len(words)}\r\n{parts}".encode())
        return one.recv(1000)


def processes() -> set[int]:
    """Those that this test has started and that run."""
    return running_children(redis.PROGRAM)


async def test_each_check_is_given_one_of_its_own(launcher: Launcher) -> None:
    services = Services(launcher)
    assert services.missing(WANTED) == ""
    async with a_world(launcher) as world, a_world(launcher) as other:
        async with services.given(WANTED, world) as here, services.given(WANTED, other) as there:
            assert here.redis
            assert there.redis
            assert here.environment == {"REDIS_URL": f"redis://{here.redis.address}/0"}
            assert await say(world, here.redis.address, "SET", "a", "1") == b"+OK\r\n"
            assert await say(other, there.redis.address, "GET", "a") == b"$-1\r\n"
            assert len(processes()) == 2
        assert processes() == set()
    await services.close()


async def test_it_can_be_away_and_comes_back_empty(launcher: Launcher) -> None:
    async with a_world(launcher) as world, Services(launcher).given(WANTED, world) as given:
        assert given.redis
        address = given.redis.address
        await say(world, address, "SET", "a", "1")
        await given.redis.stop()
        assert processes() == set()
        with pytest.raises(ConnectionRefusedError):
            await say(world, address, "PING")
        await given.redis.start()
        assert given.redis.address == address
        assert await say(world, address, "GET", "a") == b"$-1\r\n"


async def test_where_it_is_not_installed_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "PROGRAM", "no-such-program")
    launcher = HostLauncher(WarmHost(()))
    assert Services(launcher).missing(WANTED) == "Redis is not installed: apt install redis-server"
    await launcher.close()
