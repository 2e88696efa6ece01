"""Starts processes directly, where nothing can fork (Windows)."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.servers.copies import Copies
from grader.servers.output import Output
from grader.servers.process import Process
from grader.servers.sight import Sight
from grader.servers.world import MACHINE, World

_LAST_WORDS = 0.1  # seconds that a process's pipe may stay open after its end


class SubprocessLauncher:
    """Starts processes one by one, where nothing can fork (Windows)."""

    isolation: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.copies = Copies()
        self._children: dict[Process, _Child] = {}

    async def world(self) -> World:
        return MACHINE

    async def forget(self, world: World) -> None:
        pass

    async def start(
        self,
        folder: Path,
        env: Mapping[str, str],
        argv: Sequence[str] | None,
        output: Output,
        world: World = MACHINE,
        seen: Sight | None = None,
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
        self.copies.close()


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
        # What is in the pipe comes now; a process that left the group may hold it open for ever.
        delay = 0.0 if self._at_end else _LAST_WORDS
        asyncio.get_running_loop().call_later(delay, self._ended)

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def _ended(self) -> None:
        code = self._transport.get_returncode() if self._transport else None
        if code is not None and not self._process.ended.done():
            self._process.ended.set_result(code)


def _psutil() -> Any:
    import psutil

    return psutil


def _family(pid: int) -> list[Any]:
    with contextlib.suppress(_psutil().Error):
        process = _psutil().Process(pid)
        return [process, *process.children(recursive=True)]
    return []
