"""What every launcher does: it starts processes, and ends them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from grader.servers.copies import Copies
from grader.servers.output import Output
from grader.servers.process import Process
from grader.servers.sight import Sight
from grader.servers.world import MACHINE, World

# What each server has of its own: its network, its files, and its processes.
NETWORK, FILES, PROCESSES = "network", "files", "processes"


class Launcher(Protocol):
    """Starts processes, and ends every one of them when it is closed."""

    isolation: tuple[str, ...]  # what it keeps apart, once it has made a world
    copies: Copies  # of what servers are given where they share the machine's files

    async def world(self) -> World:
        """A network for the servers, services and clients of one check."""

    async def start(
        self,
        folder: Path,
        env: Mapping[str, str],
        argv: Sequence[str] | None,
        output: Output,
        world: World = MACHINE,
        seen: Sight | None = None,
    ) -> Process:
        """Run `argv`, or `python app.py` where it is None, in `folder`.

        `seen` is what a stranger's program sees of the machine's files; None: the program is one
        that we trust. Raises LaunchError where that cannot be tried.
        """

    async def stop(self, process: Process, moment: float) -> None:
        """SIGTERM to its process group, SIGKILL after `moment` seconds; returns once it ended.

        Raises LaunchError where it was not run, or its host has died: nothing that seemed to be
        the process's doing was.
        """

    async def forget(self, world: World) -> None:
        """Let the world go, whose processes are stopped."""

    async def close(self) -> None:
        """Kill all that is left."""
