"""What listens may not take clients yet: a child of its own is still to come.

A reloader, or a manager of workers, opens the socket, then starts the process that serves it. A
client that comes meanwhile waits in the socket's queue.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from grader.history import patience
from grader.history.patience import Patience
from grader.servers import ports
from grader.servers.process import Process

_ALONE = 0.02  # seconds on a core after which a process that serves by itself waits for clients
_QUIET = 0.25  # seconds without any work after which nothing more is going to start
_WORK = 0.002  # seconds on a core, or of waiting for one, that are work
_POLL, _POLL_SLOWEST = 0.001, 0.02  # seconds between two looks


async def settled(
    process: Process, answered: Callable[[], Coroutine[None, None, object]], longest: Patience
) -> None:
    """Wait until a process that listens takes clients, or will not come to it.

    One process that sleeps waits for clients. One that has children, or goes on working, is asked
    by `answered`, which returns after any answer; it is waited for as long as its family works.
    """
    loop = asyncio.get_running_loop()
    busy, before = loop.time(), patience.computed(process.pid)
    worked = 0.0
    asking: asyncio.Future[object] | None = None
    pause = _POLL
    try:
        while process.code is None and not process.output.flooded and longest.left():
            family, now = ports.family(process.pid), loop.time()
            if len(family) == 1 and _sleeps(process.pid):
                return
            computed = patience.computed(*family)
            if asking is None and (len(family) > 1 or computed - before > _ALONE):
                asking = asyncio.ensure_future(answered())
            if asking and asking.done():
                return
            work = computed + patience.starved(*family)
            if abs(work - worked) > _WORK:
                worked, busy = work, now
            elif now - busy > _QUIET:
                return
            awaited: list[asyncio.Future[Any]] = [process.ended]
            if asking:
                awaited.append(asking)
            await asyncio.wait(awaited, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            pause = min(pause * 1.2, _POLL_SLOWEST)
    finally:
        if asking:
            asking.cancel()
            await asyncio.wait([asking])


def _sleeps(pid: int) -> bool:
    """Whether no thread of the process has anything to do: proc(5), the state in "stat".

    True where that cannot be seen.
    """
    states = set()
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        with contextlib.suppress(OSError):
            states.add(thread.read_text(errors="replace").rpartition(")")[2].split()[0])
    return states <= {"S"}
