"""Processes that listen: started for a block, and killed at its end."""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wire.live.address import CHUNK, Address, free_port

ROOT = Path(__file__).parents[3]  # the course's own folder
PATIENCE = 20.0  # seconds that a server may take until it listens


@contextlib.asynccontextmanager
async def serving(folder: str | Path, **environment: str) -> AsyncIterator[Address]:
    """Run a step's `app.py` on a free port until the block ends.

    folder: a path from the course's own folder, such as "solutions/step05_start_chatting".
    environment: further environment variables, such as PING_INTERVAL="1".
    Raises RuntimeError, with what it printed, where the server ends before it listens, and
    TimeoutError where it does not listen within PATIENCE.
    """
    command = (sys.executable, "app.py")
    async with _running(
        f"{folder}/app.py", command, free_port(), ROOT / folder, environment
    ) as app:
        yield app.address


@dataclass(frozen=True)
class Program:
    """A process that we started, and where it listens."""

    address: Address
    pid: int


@contextlib.asynccontextmanager
async def _running(
    name: str, command: Sequence[str], port: int, folder: str | Path, environment: dict[str, str]
) -> AsyncIterator[Program]:
    """Run this, which is to listen on the port, until the block ends; then it is killed."""
    address = Address(port)
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, **environment, "PORT": str(port)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed = asyncio.create_task(_last_lines(process))
    try:
        async with asyncio.timeout(PATIENCE):
            while not await _listens(address):
                if process.returncode is not None:
                    raise RuntimeError(f"{name} ended:\n{await printed}")
                await asyncio.sleep(0.02)
        yield Program(address, process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await printed


async def _listens(address: Address) -> bool:
    try:
        _, writer = await asyncio.open_connection(address.host, address.port)
    except OSError:
        return False
    writer.close()
    return True


async def _last_lines(process: asyncio.subprocess.Process) -> str:
    """What the server printed, its end at least; reading it keeps the pipe from filling up."""
    assert process.stdout
    kept = b""
    while chunk := await process.stdout.read(CHUNK):
        kept = (kept + chunk)[-CHUNK:]
    return kept.decode("utf-8", "replace")


@contextlib.asynccontextmanager
async def program(text: str, **environment: str) -> AsyncIterator[Program]:
    """Run a program, given as its text, in a process of its own until the block ends.

    It has to listen on 127.0.0.1 at the port that its environment has as PORT. The end of the block
    kills it (SIGKILL). environment and what is raised are as those of `serving`.
    """
    command = (sys.executable, "-c", text)
    async with _running("the program", command, free_port(), ROOT, environment) as running:
        yield running


def without_redis() -> str:
    """What `redis` and its clients lack on this machine, and how to install it; "" for nothing."""
    if not shutil.which("redis-server"):
        return "no redis-server here: apt install redis-server, or brew install redis"
    if not importlib.util.find_spec("redis"):
        return "no Python package redis here: pip install redis"
    return ""


@contextlib.asynccontextmanager
async def redis(port: int | None = None) -> AsyncIterator[Program]:
    """Run a redis-server that keeps nothing, until the end of the block kills it.

    port: where it is to listen, such as where one did before; on a free port where none is said.
    Raises FileNotFoundError where there is no redis-server, and else as `serving`.
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        # Without its file of settings it is one that saves; and it dumps, where it does, in `dir`.
        settings = {"port": str(port), "bind": "127.0.0.1", "save": "", "dir": folder}
        options = (word for name, value in settings.items() for word in (f"--{name}", value))
        command = ("redis-server", *options)
        async with _running("redis-server", command, port, folder, {}) as running:
            yield running
