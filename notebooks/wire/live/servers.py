"""Processes that listen: started for a block, and killed at its end."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
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
    address = Address(free_port())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        cwd=ROOT / folder,
        env={**os.environ, **environment, "PORT": str(address.port)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed = asyncio.create_task(_last_lines(process))
    try:
        async with asyncio.timeout(PATIENCE):
            while not await _listens(address):
                if process.returncode is not None:
                    raise RuntimeError(f"{folder}/app.py ended:\n{await printed}")
                await asyncio.sleep(0.02)
        yield address
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
