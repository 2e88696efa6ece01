"""`grader run`: a step's server for the browser, run again whenever one of its files changes."""

import asyncio
import contextlib
import os
import signal
import sys
import webbrowser
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Iterator
from pathlib import Path

import click
from watchfiles import Change, DefaultFilter, awatch

from grader.checking.options import SCREENSHOTS
from grader.running import interrupt
from grader.servers import ports
from grader.servers.readiness import exit_text
from grader.servers.surroundings import promised, static_of

STOP_MOMENT = 0.5  # seconds between SIGTERM and SIGKILL; a server waits for open pages far longer
LOOK = 0.05  # seconds between two looks whether it listens

_PROGRAM = ".py"
_PAGES = ("public", "static", "templates")
_ENDINGS = ("SIGTERM", "SIGHUP")  # how others end us: by kill, and by closing the terminal


class _Sources(DefaultFilter):
    """The files that a student edits: a server may write others, as its database, beside itself."""

    def __init__(self, folder: Path) -> None:
        # What is left out by default: caches, and what editors put beside a file.
        super().__init__(ignore_dirs=(*DefaultFilter.ignore_dirs, SCREENSHOTS))
        self._pages = tuple(f"{folder / name}{os.sep}" for name in _PAGES)

    def __call__(self, change: Change, path: str) -> bool:
        edited = path.endswith(_PROGRAM) or path.startswith(self._pages)
        return edited and super().__call__(change, path)


def serve(folder: Path, port: int, *, page: bool) -> int:
    """Serve the app.py in the folder until Ctrl-C or a signal; the exit code.

    With `page`, the browser is opened as soon as the server listens. What the server prints goes
    straight to where we print; `port` must be free.
    """
    with interrupt.cancels_the_tasks():
        return asyncio.run(_serve(folder, port, page=page))


async def _serve(folder: Path, port: int, *, page: bool) -> int:
    watched = asyncio.create_task(_watch(folder, port))
    opened = asyncio.create_task(_open(port)) if page else None
    with _ended_by(watched) as numbers:
        try:
            await watched
        except asyncio.CancelledError:
            if not numbers:
                raise  # Ctrl-C
        finally:
            if opened:
                opened.cancel()
    return 128 + numbers[0]


@contextlib.contextmanager
def _ended_by(task: asyncio.Task[None]) -> Iterator[list[int]]:
    """Meanwhile a signal that would end us cancels the task; the numbers of those that came."""
    loop = asyncio.get_running_loop()
    came: list[int] = []

    def cancel(number: int) -> None:
        came.append(number)
        task.cancel()

    numbers = [getattr(signal, name) for name in _ENDINGS if hasattr(signal, name)]
    with contextlib.suppress(NotImplementedError):  # Windows
        for number in numbers:
            loop.add_signal_handler(number, cancel, number)
    yield came


async def _watch(folder: Path, port: int) -> None:
    """Run the server, and run it again after every change; for ever."""
    changes = awatch(folder, watch_filter=_Sources(folder))
    changed = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)  # now it watches, and misses no change from here on
    while True:
        process = await _start(folder, port)
        try:
            ended = asyncio.ensure_future(process.wait())
            await asyncio.wait([changed, ended], return_when=asyncio.FIRST_COMPLETED)
            if not changed.done():
                click.echo(
                    f"grader: app.py {exit_text(ended.result())}; save a file to run it again"
                )
            _, name = min(await changed)
        finally:
            await _stop(process)
        changed = asyncio.ensure_future(anext(changes))
        click.echo(f"grader: {Path(name).name} has changed")


async def _start(folder: Path, port: int) -> Process:
    """`python app.py` in the folder, the first of its own process group."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        cwd=folder,
        env=os.environ | promised(os.environ, port, static_of(folder, None)),
        stdin=DEVNULL,
        start_new_session=True,
    )


async def _stop(process: Process) -> None:
    """End the process with all that it started, even if we are cancelled meanwhile."""
    _signal(process, "SIGTERM")
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_MOMENT)
    finally:
        _signal(process, "SIGKILL")
    await process.wait()


def _signal(process: Process, name: str) -> None:
    """Send it to the process group; where there are no groups (Windows), end the process."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, getattr(signal, name))
        else:
            process.terminate()


async def _open(port: int) -> None:
    """Open the browser once somebody listens."""
    while True:
        if ports.is_listened_on(port):
            break
        await asyncio.sleep(LOOK)
    await asyncio.to_thread(webbrowser.open, f"http://127.0.0.1:{port}")
