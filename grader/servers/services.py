"""What a check's server needs beside it, named in its environment: a folder, a database.

A variable's value may have these in it:

    {scratch}   a folder of the server's own, empty at first (`grader.servers.server`)
    {postgres}  user@host:port/name of an empty database on a PostgreSQL of ours, whose statements
                are counted
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from grader.servers.launcher import Launcher
from grader.servers.postgres import Postgres
from grader.servers.statements import CountingProxy
from grader.servers.world import MACHINE, World

POSTGRES = "{postgres}"


class Services:
    """The services of one run, each started when it is first needed, and ended with the run."""

    def __init__(self, launcher: Launcher | None) -> None:
        """Without a launcher there is no server that could be given anything."""
        self._postgres = Postgres(launcher) if launcher else None

    def missing(self, environment: Mapping[str, str]) -> str:
        """Why a server cannot be given this environment here; "" where it can."""
        if not _needs_postgres(environment):
            return ""
        return self._postgres.missing if self._postgres else "the server runs already"

    @asynccontextmanager
    async def given(
        self, environment: Mapping[str, str], world: World = MACHINE
    ) -> AsyncIterator[tuple[Mapping[str, str], CountingProxy | None]]:
        """The environment with its services filled in, and what counts the statements.

        A database that all checks share is let into the world by the proxy that counts.
        Raises launcher.LaunchError where one does not start.
        """
        if not _needs_postgres(environment):
            yield environment, None
            return
        assert self._postgres
        port, name = await self._postgres.database()
        proxy = CountingProxy()
        await proxy.start(port, world)
        address = f"postgres@127.0.0.1:{proxy.port}/{name}"
        filled = {key: value.replace(POSTGRES, address) for key, value in environment.items()}
        try:
            yield filled, proxy
        finally:
            await proxy.close()

    async def close(self) -> None:
        """End all."""
        if self._postgres:
            await self._postgres.close()


def _needs_postgres(environment: Mapping[str, str]) -> bool:
    return any(POSTGRES in value for value in environment.values())
