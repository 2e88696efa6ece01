"""Starts the host's process. Imports next to nothing, so that it can come before everything."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.servers import surroundings

WARM_MODULES = ("aiohttp.web", "socketio", "engineio.async_drivers.aiohttp")
ISOLATION = "GRADER_ISOLATION"  # a variable: "off" keeps nothing apart, as --no-isolation does

_HOST = Path(__file__).with_name("host")


class WarmHost:
    """The process of `grader.servers.host`, which imports `modules` while we do other things.

    `isolated`: it gives each check a world of its own, as far as the machine lets it. It ends,
    with everything that it has started, when `control` is closed; so it does when the grader
    dies.
    """

    def __init__(
        self, modules: Sequence[str] = WARM_MODULES, *, isolated: bool | None = None
    ) -> None:
        self.used = False  # set by the code that sends a request
        if isolated is None:
            isolated = os.environ.get(ISOLATION) != "off"
        self._modules, self._isolated = tuple(modules), isolated
        self.control, theirs = socket.socketpair()
        self.door, their_door = socket.socketpair()
        descriptors = [theirs.fileno(), their_door.fileno()]
        with theirs, their_door:
            self._process = subprocess.Popen(
                [sys.executable, str(_HOST), *map(str, (*descriptors, int(isolated))), *modules],
                pass_fds=descriptors,
                # A fork has it in its memory (proc(5), environ), and what Python makes of it.
                env=surroundings.allowed() | surroundings.PYTHON,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # Ctrl-C is for the grader alone: the host goes when the socket does.
                start_new_session=True,
            )

    def warm(self, modules: Sequence[str]) -> None:
        """Let the host import more modules, after those that it has begun with."""
        if modules:
            self._modules += tuple(one for one in modules if one not in self._modules)
            with contextlib.suppress(OSError):  # it has died: the next start of a server says so
                self.control.sendall(json.dumps({"warm": list(modules)}).encode() + b"\n")

    def again(self) -> "WarmHost":
        """Another one, in the place of this one, which has died."""
        self.close()
        return WarmHost(self._modules, isolated=self._isolated)

    def kill(self) -> None:
        """Kill it, and with it everything that it has started, as far as the system does that."""
        self._process.kill()

    def close(self) -> None:
        """Let the host kill everything and end; wait for that."""
        if not self.used:
            self._process.kill()  # there is nothing to kill but itself, and its imports take long
        self.control.close()
        self.door.close()
        self._process.wait()
