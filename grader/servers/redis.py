"""A Redis of one check's own, in the check's world: it can be away for a while."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.servers.output import Output
from grader.servers.process import LaunchError, Process
from grader.servers.protocol import Launcher
from grader.servers.readiness import NotReadyError, ready
from grader.servers.world import World

PROGRAM = "redis-server"
MISSING = "Redis is not installed: apt install redis-server"
LONGEST = 30.0  # seconds that it may take to begin, and to end, on a busy machine


def missing() -> str:
    """What is missing to run it; "" where nothing is."""
    return "" if shutil.which(PROGRAM) else MISSING


class Redis:
    """A server that keeps nothing on disk."""

    def __init__(self, launcher: Launcher, world: World) -> None:
        self._launcher = launcher
        self._world = world
        self._process: Process | None = None
        self._port = 0

    @property
    def address(self) -> str:
        """host:port"""
        return f"127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start it, empty; on the port that it had before, if it had one.

        Raises LaunchError where it does not start.
        """
        self._port = self._port or self._world.free_port()
        settings = ("--port", str(self._port), "--bind", "127.0.0.1", "--save", "")
        output = Output()
        with TemporaryDirectory(prefix="grader-redis-", ignore_cleanup_errors=True) as folder:
            self._process = process = await self._launcher.start(
                Path(folder), {}, [str(shutil.which(PROGRAM)), *settings], output, self._world
            )
            try:
                await ready(process, self._world, self._port, LONGEST, None, socketio=False)
            except NotReadyError as error:
                raise LaunchError(f"Redis does not start: {error.instead}") from error

    async def stop(self) -> None:
        """End it, and forget all that it holds."""
        if self._process:
            await self._launcher.stop(self._process, LONGEST)
            self._process = None
