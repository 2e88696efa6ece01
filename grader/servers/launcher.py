"""Starts and stops processes: through the warm host where a process can fork, directly elsewhere.

Both launchers feed what a process prints to an `Output`, and neither leaves anything running.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from grader.servers.output import Output
from grader.servers.warm import WarmHost

_CHUNK = 2**18
_MOST_LEFT = 16  # chunks that are read of what a process has left in its pipe
_LAST_WORDS = 0.1  # seconds that a process's pipe may stay open after its end


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

    async def start(
        self, folder: Path, env: Mapping[str, str], argv: Sequence[str] | None, output: Output
    ) -> Process:
        """Run `argv`, or `python app.py` where it is None, in `folder`.

        Raises LaunchError where that cannot be tried.
        """

    async def stop(self, process: Process, moment: float) -> None:
        """SIGTERM to its process group, SIGKILL after `moment` seconds; returns once it ended."""

    async def close(self) -> None:
        """Kill all that is left."""


class HostLauncher:
    """Starts processes through the host (`grader.servers.host`), which need not be ready yet."""

    def __init__(self, host: WarmHost) -> None:
        self._host = host
        self._control = host.control
        self._buffer = b""
        self._processes: dict[int, Process] = {}
        self._pipes: dict[int, _Pipe] = {}
        self._count = 0
        self._reading = False

    async def start(
        self, folder: Path, env: Mapping[str, str], argv: Sequence[str] | None, output: Output
    ) -> Process:
        if not self._reading:
            asyncio.get_running_loop().add_reader(self._control, self._receive)
            self._reading = True
        self._count += 1
        process = self._processes[self._count] = Process(self._count, output)
        request = {"start": process.number, "folder": str(folder), "env": dict(env)}
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

    def _receive(self) -> None:
        try:
            data = self._control.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._control)
            for process in self._processes.values():
                _fail(process, "the host of the servers has died")
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for message in map(json.loads, lines):
            if "started" in message:
                process = self._processes[message["started"]]
                process.pid = message["pid"]
                process.started.set_result(None)
            elif "failed" in message:
                _fail(self._processes.pop(message["failed"]), message["error"])
            elif "ended" in message:
                process = self._processes.pop(message["ended"])
                if pipe := self._pipes.get(process.number):
                    pipe.drain()
                process.ended.set_result(message["code"])


def _fail(process: Process, reason: str) -> None:
    for future in (process.started, process.ended):
        if not future.done():
            future.set_exception(LaunchError(reason))
            future.exception()  # whoever still waits gets it; nobody must


class SubprocessLauncher:
    """Starts processes one by one, where nothing can fork (Windows)."""

    def __init__(self) -> None:
        self._children: dict[Process, _Child] = {}

    async def start(
        self, folder: Path, env: Mapping[str, str], argv: Sequence[str] | None, output: Output
    ) -> Process:
        process = Process(len(self._children), output)
        command = argv or [sys.executable, "app.py"]
        child = _Child(process)
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: child,
                *command,
                cwd=folder,
                env=dict(env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            output.feed(f"{command[0]}: {error.strerror}\n".encode())
            process.ended.set_result(127)
            return process
        self._children[process] = child
        return process

    async def stop(self, process: Process, moment: float) -> None:
        if process not in self._children:
            return
        if not process.ended.done():
            family = _family(process.pid)
            for member in family:
                with contextlib.suppress(_psutil().Error):
                    member.terminate()
            await asyncio.wait([process.ended], timeout=moment)
            for member in family:
                with contextlib.suppress(_psutil().Error):
                    member.kill()
            await asyncio.shield(process.ended)
        if child := self._children.pop(process, None):
            child.close()

    async def close(self) -> None:
        for process in list(self._children):
            await self.stop(process, 0)


class _Child(asyncio.SubprocessProtocol):
    """Feeds a process's Output, and says when the process has ended."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._transport: asyncio.SubprocessTransport | None = None
        self._at_end = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport
        self._process.pid = transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes | str) -> None:
        assert isinstance(data, bytes)
        self._process.output.feed(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._at_end = True
        self._process.output.end()
        if self._transport and self._transport.get_returncode() is not None:
            self._ended()

    def process_exited(self) -> None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        # What is in the pipe comes now; who has left the group may hold it open for ever.
        delay = 0.0 if self._at_end else _LAST_WORDS
        asyncio.get_running_loop().call_later(delay, self._ended)

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def _ended(self) -> None:
        code = self._transport.get_returncode() if self._transport else None
        if code is not None and not self._process.ended.done():
            self._process.ended.set_result(code)


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


def _psutil() -> Any:
    import psutil

    return psutil


def _family(pid: int) -> list[Any]:
    with contextlib.suppress(_psutil().Error):
        process = _psutil().Process(pid)
        return [process, *process.children(recursive=True)]
    return []
