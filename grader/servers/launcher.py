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
from typing import Any

from grader.servers import machine, messages
from grader.servers.copies import Copies
from grader.servers.messages import Message, Messages, StrangeError
from grader.servers.output import Output
from grader.servers.pipe import Pipe
from grader.servers.process import HostDiedError, LaunchError, Process
from grader.servers.protocol import NETWORK, Launcher
from grader.servers.sight import Sight
from grader.servers.warm import WarmHost
from grader.servers.world import MACHINE, SOCKETS, OwnWorld, World

_DIED = "the host of the servers has died"
_MOST_DESCRIPTORS = 253  # in one message: SCM_MAX_FD, unix(7)


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
        self.copies = Copies()
        self._messages = Messages()
        self._processes: dict[int, Process] = {}
        self._pipes: dict[int, Pipe] = {}
        self._worlds: dict[int, asyncio.Future[World]] = {}
        self._descriptors: list[int] = []
        self._count = 0
        self._reading = False
        self._dead = ""  # how the host has died
        self._replacing = asyncio.Lock()
        self._fault = ""  # of a library that servers need
        self._looked = False  # whether this machine shows who listens
        self.isolation: tuple[str, ...] = ()

    async def world(self) -> World:
        """As every launcher's; where the host has died, a new one takes its place."""
        async with self._replacing:
            if self._dead:
                self._host = await asyncio.to_thread(self._host.again)
                self._control, self._messages, self._dead = self._host.control, Messages(), ""
        self._count += 1
        number = self._count
        made: asyncio.Future[World] = asyncio.get_running_loop().create_future()
        self._worlds[number] = made
        self._read()
        self._send({"world": number, "sockets": SOCKETS}, [])
        world = await made
        if self._fault:
            await self.forget(world)
            raise LaunchError(self._fault)
        if not self._looked:
            machine.look(world)
            self._looked = True
        return world

    async def forget(self, world: World) -> None:
        self._let_go(world)

    def _let_go(self, world: World) -> None:
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
        seen: Sight | None = None,
    ) -> Process:
        if self._dead:
            raise HostDiedError(self._dead)
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
        if seen is not None:
            request["hidden"], request["shown"] = list(seen.hidden), list(seen.shown)
        read_end, write_end = os.pipe()
        try:
            self._send(request, [write_end])
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        self._pipes[process.number] = Pipe(read_end, output)
        try:
            await asyncio.shield(process.started)
        except BaseException:
            self._pipes.pop(process.number).close()
            with contextlib.suppress(LaunchError):
                self._send({"stop": process.number, "moment": 0}, [])
            raise
        return process

    async def stop(self, process: Process, moment: float) -> None:
        try:
            if not process.ended.done():
                self._send({"stop": process.number, "moment": moment}, [])
            await asyncio.shield(process.ended)
            await asyncio.shield(process.gone)
        finally:
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
        self.copies.close()

    def _send(self, message: dict[str, Any], descriptors: list[int]) -> None:
        data = json.dumps(message).encode() + b"\n"
        self._host.used = True
        try:
            sent = socket.send_fds(self._control, [data], descriptors)
            self._control.sendall(data[sent:])
        except OSError as error:
            raise HostDiedError(self._dead or _DIED) from error

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
            self._gone(_DIED)
            return
        try:
            for message in self._messages.fed(data):
                self._take(message)
        except StrangeError as strange:
            self._host.kill()
            self._gone(str(strange))

    def _gone(self, reason: str) -> None:
        """Tell everybody who waits for the host that it is no longer there."""
        asyncio.get_running_loop().remove_reader(self._control)
        self._reading, self._dead = False, reason
        for descriptor in self._descriptors:
            os.close(descriptor)
        gone = HostDiedError(reason)
        for process in self._processes.values():
            _fail((process.started, process.ended, process.gone), gone)
        _fail(self._worlds.values(), gone)
        self._processes, self._worlds, self._descriptors = {}, {}, []

    def _take(self, message: Message) -> None:
        """Do what a message says. Raises StrangeError where nobody has asked for it."""
        match message:
            case messages.Ready(isolation):
                self.isolation = isolation
            case messages.Fault(error):
                self._fault = error
            case messages.Made(number, count):
                self._has_made(number, count)
            case messages.Started(number, pid):
                process = self._known(number)
                if process.started.done():
                    raise StrangeError
                process.pid = pid
                process.started.set_result(None)
            case messages.Broken(number, error):
                self._known(number).broken = error
            case messages.Failed(number, error):
                process = self._known(number)
                del self._processes[number]
                _fail((process.started, process.ended), LaunchError(error))
            case messages.Ended(number, code, because, left):
                process = self._known(number)
                if process.ended.done():
                    raise StrangeError
                self._drain(number)
                process.because = because
                if process.broken:
                    _fail((process.ended,), LaunchError(process.broken))
                else:
                    process.ended.set_result(code)
                if not left:
                    self._is_gone(number)
            case messages.Gone(number):
                self._drain(number)
                self._is_gone(number)

    def _is_gone(self, number: int) -> None:
        process = self._known(number)
        del self._processes[number]
        if not process.gone.done():
            process.gone.set_result(None)

    def _drain(self, number: int) -> None:
        """Read what the process has printed until now."""
        if pipe := self._pipes.get(number):
            pipe.drain()

    def _known(self, number: int) -> Process:
        if number not in self._processes:
            raise StrangeError
        return self._processes[number]

    def _has_made(self, number: int, count: int) -> None:
        """Hand out a world with so many sockets in stock; none: it could not be made."""
        future = self._worlds.pop(number, None)
        if future is None or (count and len(self._descriptors) <= count):
            raise StrangeError
        if not count and NETWORK in self.isolation:
            # Nothing is shared that the document says was apart.
            _fail((future,), LaunchError("this machine gives no further network"))
            return
        world = MACHINE
        if count:
            mine, self._descriptors = self._descriptors[: count + 1], self._descriptors[count + 1 :]
            sockets = [socket.socket(fileno=descriptor) for descriptor in mine]
            world = OwnWorld(number, sockets, self._host.door)
        if future.cancelled():  # the check that asked for it is over
            self._let_go(world)
        else:
            future.set_result(world)


def _fail(futures: Iterable[asyncio.Future[Any]], error: LaunchError) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
            future.exception()  # asyncio need not warn if nothing waits for it
