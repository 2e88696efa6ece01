"""What a check's servers need beside them, named in their environment: a folder, a database.

A variable's value may have these in it:

    {scratch}   a folder of the server's own, empty at first (`grader.servers.server`)
    {postgres}  user@host:port/name of an empty database on a PostgreSQL of ours, whose statements
                are counted
    {redis}     host:port of a Redis of the check's own, empty at first
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from grader.servers import redis
from grader.servers.postgres import Postgres
from grader.servers.protocol import Launcher
from grader.servers.redis import Redis
from grader.servers.statements import CountingProxy
from grader.servers.world import MACHINE, World

POSTGRES = "{postgres}"
REDIS = "{redis}"


@dataclass(frozen=True)
class Given:
    """What one check is given: the environment with its services filled in, what counts the
    statements of its database, and its Redis.

    `starved` gives the seconds that the services have waited for a core since then.
    """

    environment: Mapping[str, str]
    statements: CountingProxy | None = None
    redis: Redis | None = None
    starved: Callable[[], float] = lambda: 0.0


class Services:
    """The services of one run: those of a check end with it, and those of all with the run."""

    def __init__(self, launcher: Launcher | None) -> None:
        """Without a launcher there is no server that could be given anything."""
        self._launcher = launcher
        self._postgres = Postgres(launcher) if launcher else None

    def missing(self, environment: Mapping[str, str]) -> str:
        """Why a server cannot be given this environment here; "" where it can."""
        needs_postgres, needs_redis = _needs(environment, POSTGRES), _needs(environment, REDIS)
        if not needs_postgres and not needs_redis:
            return ""
        if self._postgres is None:
            return "the server runs already"
        return (self._postgres.missing if needs_postgres else "") or (
            redis.missing() if needs_redis else ""
        )

    @asynccontextmanager
    async def given(
        self, environment: Mapping[str, str], world: World = MACHINE
    ) -> AsyncIterator[Given]:
        """What a check with this environment is given, in its world, until the block ends.

        Raises process.LaunchError where a service does not start.
        """
        given = Given(environment)
        async with AsyncExitStack() as ending:
            if _needs(environment, POSTGRES):
                assert self._postgres
                port, name = await self._postgres.database()
                # All checks share the server; the proxy lets it into the world of this one.
                proxy = CountingProxy()
                await proxy.start(port, world, self._postgres.world)
                ending.push_async_callback(proxy.close)
                address = f"postgres@127.0.0.1:{proxy.port}/{name}"
                given = replace(
                    _filled(given, POSTGRES, address),
                    statements=proxy,
                    starved=self._postgres.waits(),
                )
            if _needs(environment, REDIS):
                assert self._launcher
                one = Redis(self._launcher, world)
                ending.push_async_callback(one.stop)
                await one.start()
                given = replace(_filled(given, REDIS, one.address), redis=one)
            yield given

    async def close(self) -> None:
        """End all."""
        if self._postgres:
            await self._postgres.close()


def _needs(environment: Mapping[str, str], service: str) -> bool:
    return any(service in value for value in environment.values())


def _filled(given: Given, service: str, address: str) -> Given:
    filled = {key: value.replace(service, address) for key, value in given.environment.items()}
    return replace(given, environment=filled)
