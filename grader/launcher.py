"""Starts and stops processes: through the warm host where a process can fork, directly elsewhere.

Both launchers feed what a process prints to an `Output`, and neither leaves anything running.
"""

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from grader.output import Output
from grader.warm import WarmHost

_CHUNK = 2**18


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
    """Starts processes through the host (`grader.host`), which need not be ready yet."""

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
        await process.started
        return process

    async def stop(self, process: Process, moment: float) -> None:
        if not process.ended.done():
            self._send({"stop": process.number, "moment": moment}, [])
            await process.ended
        # Something that has left the server's process group may hold the pipe open for ever.
        self._pipes.pop(process.number).close()

    async def close(self) -> None:
        if self._reading:
            asyncio.get_running_loop().remove_reader(self._control)
            self._reading = False
        for pipe in self._pipes.values():
            pipe.close()
        self._host.close()

    def _send(self, message: dict[str, Any], descriptors: list[int]) -> None:
        data = json.dumps(message).encode() + b"\n"
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
                for future in (process.started, process.ended):
                    if not future.done():
                        future.set_exception(LaunchError("the host of the servers has died"))
                        future.exception()  # whoever still waits gets it; nobody must
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for message in map(json.loads, lines):
            if "started" in message:
                process = self._processes[message["started"]]
                process.pid = message["pid"]
                process.started.set_result(None)
            elif "ended" in message:
                process = self._processes.pop(message["ended"])
                self._pipes[process.number].drain()
                process.ended.set_result(message["code"])


class SubprocessLauncher:
    """Starts processes one by one, where nothing can fork (Windows)."""

    def __init__(self) -> None:
        self._running: dict[Process, asyncio.subprocess.Process] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(
        self, folder: Path, env: Mapping[str, str], argv: Sequence[str] | None, output: Output
    ) -> Process:
        process = Process(len(self._running), output)
        command = argv or [sys.executable, "app.py"]
        try:
            child = await asyncio.create_subprocess_exec(
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
        process.pid = child.pid
        self._running[process] = child
        for work in (self._read(child, output), self._wait(process, child)):
            task = asyncio.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return process

    async def stop(self, process: Process, moment: float) -> None:
        if process.ended.done():
            return
        family = _family(process.pid)
        for member in family:
            with contextlib.suppress(_psutil().Error):
                member.terminate()
        await asyncio.wait([process.ended], timeout=moment)
        for member in family:
            with contextlib.suppress(_psutil().Error):
                member.kill()
        await process.ended

    async def close(self) -> None:
        for process in list(self._running):
            await self.stop(process, 0)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _read(self, child: asyncio.subprocess.Process, output: Output) -> None:
        assert child.stdout
        while data := await child.stdout.read(_CHUNK):
            output.feed(data)
        output.end()

    async def _wait(self, process: Process, child: asyncio.subprocess.Process) -> None:
        code = await child.wait()
        self._running.pop(process, None)
        process.ended.set_result(code)


class _Pipe:
    """Feeds an Output from the read end of a pipe until it ends or is closed."""

    def __init__(self, descriptor: int, output: Output) -> None:
        self._descriptor: int | None = descriptor
        self._output = output
        os.set_blocking(descriptor, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(descriptor, self._read)

    def drain(self) -> None:
        """Feed what is in the pipe now."""
        while self._read():
            pass

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
