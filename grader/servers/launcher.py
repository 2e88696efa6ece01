"""What starts and stops processes, and the one that does it through the warm host.

Every launcher feeds what a process prints to an `Output`, and leaves nothing running.
"""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from grader.servers.output import Output
from grader.servers.warm import WarmHost
from grader.servers.world import MACHINE, SOCKETS, OwnWorld, World

_CHUNK = 2**18
_MOST_LEFT = 16  # chunks that are read of what a process has left in its pipe
_MOST_DESCRIPTORS = 253  # in one message: SCM_MAX_FD, unix(7)


class LaunchError(Exception):
    """A process could not be started, or its host has died: the grader's fault or the machine's."""


class Process:
    """A started process: its pid, and its exit code (minus the signal's number) once it ended."""

    def __init__(self, number: int, output: Output) -> None:
        self.number = number
        self.output = output
        self.pid = 0
        self.started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def code(self) -> int | None:
        """The exit code, None while the process runs."""
        return self.ended.result() if self.ended.done() else None


class Launcher(Protocol):
    """Starts processes, and ends every one of them when it is closed."""

    isolation: tuple[str, ...]  # what it keeps apart, once it has started something

    async def world(self) -> World:
        """A network for the servers, services and clients of one check."""

    async def start(
        self,
        folder: Path,
        env: Mapping[str, str],
        argv: Sequence[str] | None,
        output: Output,
        world: World = MACHINE,
    ) -> Process:
        """Run `argv`, or `python app.py` where it is None, in `folder`.

        Raises LaunchError where that cannot be tried.
        """

    async def stop(self, process: Process, moment: float) -> None:
        """SIGTERM to its process group, SIGKILL after `moment` seconds; returns once it ended."""

    async def forget(self, world: World) -> None:
        """Let the world go, whose processes are stopped."""

    async def close(self) -> None:
        """Kill all that is left."""


@contextlib.asynccontextmanager
async def a_world(launcher: Launcher | None) -> AsyncIterator[World]:
    """A world of the launcher's, for as long as a check takes; the machine's without one."""
    if launcher is None:
        yield MACHINE
        return
    world = await launcher.world()
    try:
        yield world
    finally:
        await launcher.forget(world)


class HostLauncher:
    """Starts processes through the host (`grader.servers.host`), which need not be ready yet."""

    def __init__(self, host: WarmHost) -> None:
        self._host = host
        self._control = host.control
        self._buffer = b""
        self._processes: dict[int, Process] = {}
        self._pipes: dict[int, _Pipe] = {}
        self._worlds: dict[int, asyncio.Future[World]] = {}
        self._descriptors: list[int] = []
        self._count = 0
        self._reading = False
        self.isolation: tuple[str, ...] = ()

    async def world(self) -> World:
        self._count += 1
        number = self._count
        made = self._worlds[number] = asyncio.get_running_loop().create_future()
        self._read()
        self._send({"world": number, "sockets": SOCKETS}, [])
        return await asyncio.shield(made)

    async def forget(self, world: World) -> None:
        world.close()
        if world.number is not None:
            with contextlib.suppress(LaunchError):
                self._send({"forget": world.number}, [])

    async def start(
        self,
        folder: Path,
        env: Mapping[str, str],
        argv: Sequence[str] | None,
        output: Output,
        world: World = MACHINE,
    ) -> Process:
        self._read()
        self._count += 1
        process = self._processes[self._count] = Process(self._count, output)
        request = {
            "start": process.number,
            "folder": str(folder),
            "env": dict(env),
            "world": world.number,
        }
        if argv is not None:
            request["argv"] = list(argv)
        read_end, write_end = os.pipe()
        try:
            self._send(request, [write_end])
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        self._pipes[process.number] = _Pipe(read_end, output)
        try:
            await asyncio.shield(process.started)
        except BaseException:
            self._pipes.pop(process.number).close()
            with contextlib.suppress(LaunchError):
                self._send({"stop": process.number, "moment": 0}, [])
            raise
        return process

    async def stop(self, process: Process, moment: float) -> None:
        if not process.ended.done():
            self._send({"stop": process.number, "moment": moment}, [])
            await asyncio.shield(process.ended)
        # Something that has left the server's process group may hold the pipe open for ever.
        if pipe := self._pipes.pop(process.number, None):
            pipe.close()

    async def close(self) -> None:
        if self._reading:
            asyncio.get_running_loop().remove_reader(self._control)
            self._reading = False
        for pipe in self._pipes.values():
            pipe.close()
        self._host.close()

    def _send(self, message: dict[str, Any], descriptors: list[int]) -> None:
        data = json.dumps(message).encode() + b"\n"
        self._host.used = True
        try:
            sent = socket.send_fds(self._control, [data], descriptors)
            self._control.sendall(data[sent:])
        except OSError as error:
            raise LaunchError("the host of the servers has died") from error

    def _read(self) -> None:
        """Begin to read what the host says."""
        if not self._reading:
            asyncio.get_running_loop().add_reader(self._control, self._receive)
            self._reading = True

    def _receive(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(
                self._control, 65536, _MOST_DESCRIPTORS, socket.MSG_DONTWAIT
            )
            self._descriptors += descriptors
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._control)
            for process in self._processes.values():
                _fail((process.started, process.ended), "the host of the servers has died")
            _fail(self._worlds.values(), "the host of the servers has died")
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for message in map(json.loads, lines):
            if "started" in message:
                process = self._processes[message["started"]]
                process.pid = message["pid"]
                process.started.set_result(None)
            elif "failed" in message:
                process = self._processes.pop(message["failed"])
                _fail((process.started, process.ended), message["error"])
            elif "ended" in message:
                process = self._processes.pop(message["ended"])
                if pipe := self._pipes.get(process.number):
                    pipe.drain()
                process.ended.set_result(message["code"])
            elif "world" in message:
                self._has_made(message["world"], message["sockets"])
            elif "ready" in message:
                self.isolation = tuple(message["isolation"])

    def _has_made(self, number: int, count: int) -> None:
        """Hand out a world with so many sockets in stock; none: it could not be made."""
        future = self._worlds.pop(number)
        if not count:
            future.set_result(MACHINE)
            return
        mine, self._descriptors = self._descriptors[: count + 1], self._descriptors[count + 1 :]
        sockets = [socket.socket(fileno=descriptor) for descriptor in mine]
        world = OwnWorld(number, sockets, self._host.door)
        if future.cancelled():
            world.close()
        else:
            future.set_result(world)


def _fail(futures: Iterable[asyncio.Future[Any]], reason: str) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(LaunchError(reason))
            future.exception()  # whoever still waits gets it; nobody must


class _Pipe:
    """Feeds an Output from the read end of a pipe until it ends or is closed."""

    def __init__(self, descriptor: int, output: Output) -> None:
        self._descriptor: int | None = descriptor
        self._output = output
        os.set_blocking(descriptor, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(descriptor, self._read)

    def drain(self) -> None:
        """Feed what is in the pipe now, but for what somebody else goes on writing."""
        for _ in range(_MOST_LEFT):
            if not self._read():
                return

    def close(self) -> None:
        if self._descriptor is not None:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None
            self._output.end()

    def _read(self) -> bool:
        if self._descriptor is None:
            return False
        try:
            data = os.read(self._descriptor, _CHUNK)
        except BlockingIOError:
            return False
        if data:
            self._output.feed(data)
        else:
            self.close()
        return bool(data)
