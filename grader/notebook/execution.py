"""A kernel that runs cells within limits of time and memory, and leaves nothing behind."""

import asyncio
import contextlib
import json
import logging
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from grader.history import patience
from grader.notebook.crossing import ANSWER, LARGEST_MESSAGE, PRINTED, READY
from grader.servers.output import Output
from grader.servers.process import Process
from grader.servers.protocol import Launcher
from grader.servers.readiness import exit_text

if TYPE_CHECKING:
    from jupyter_client.asynchronous.client import AsyncKernelClient
    from nbclient import NotebookClient

START = 60.0  # seconds within which a kernel must be ready
MOMENT = 1.0  # seconds that code may take to end once it is interrupted
INTERRUPTS = 2  # an interrupt is lost where the code has just not begun, or in a destructor
MOST_MEMORY = 2**30  # bytes that the kernel and the processes it has started may use
MOST_UNREAD = 32  # messages of each kind; a kernel that sends more loses them

_NUMBER = re.compile("[0-9]{1,12}")  # of characters printed, as the kernel counts them
_LOOK = 0.1  # seconds between two looks at a kernel that is at work


class KernelGoneError(Exception):
    """The kernel has ended, or had to be ended; says how."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of running some code. `seconds`: how long it took, without its waits for a core;
    `late`: it had to be interrupted; `error`: the type and text of the exception that ended it;
    `answer`: what was published under ANSWER; `printed`: how many characters it printed, where
    that is too many.
    """

    seconds: float
    late: bool
    error: tuple[str, str] | None
    answer: str | None
    printed: int


class Kernel:
    """One kernel, which `start` makes. `gone` is set once it has ended."""

    def __init__(self, launcher: Launcher, process: Process, channels: "AsyncKernelClient") -> None:
        self._launcher = launcher
        self._process = process
        self._channels = channels
        self._client = _client(channels)
        self.gone = False

    async def run(self, source: str, seconds: float, *, counts: bool = False) -> Ran:
        """Run the code; after `seconds` it is interrupted. Raises KernelGoneError.

        With `counts` it takes the next of the numbers that IPython gives to cells, from 1.
        """
        from nbformat import NotebookNode

        cell = NotebookNode(cell_type="code", metadata={}, source=source, outputs=[])
        began, waits = time.monotonic(), self._waits()
        running = asyncio.create_task(
            self._client.async_execute_cell(cell, 0, store_history=counts)
        )
        running.add_done_callback(lambda task: task.cancelled() or task.exception())  # no news
        try:
            late = await self._attend(running, patience.Patience(seconds, waits))
            await running
        except KernelGoneError:
            raise
        except Exception as error:  # nbclient's, about messages that are none
            raise await self._end(f"does not speak as a kernel does: {error}") from error
        finally:
            running.cancel()
        spent = seconds if late else max(0.0, time.monotonic() - began - waits())
        return _ran(cell, spent, late)

    async def close(self) -> None:
        """End it, and every process of its group."""
        self.gone = True
        self._channels.stop_channels()
        await self._launcher.stop(self._process, 0)

    async def _attend(self, running: "asyncio.Task[Any]", span: patience.Patience) -> bool:
        """Wait until it is done; whether it had to be interrupted. Raises KernelGoneError."""
        seconds, interrupts = span.seconds, 0
        while True:
            await asyncio.wait(
                {running, self._process.ended},
                timeout=min(_LOOK, span.left()),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if self._process.code is not None:
                raise await self._end(exit_text(self._process.code))
            if self._process.output.flooded:
                raise await self._end("printed without end")
            if running.done():
                return interrupts > 0
            if _memory(self._process.pid) > MOST_MEMORY:
                raise await self._end(f"used more than {MOST_MEMORY / 2**20:,.0f} MB of memory")
            if span.left():
                continue
            if interrupts == INTERRUPTS:
                raise await self._end(
                    f"was still busy after {seconds:.3g} s, even when interrupted"
                )
            interrupts += 1
            span = patience.Patience(MOMENT, self._waits())
            self._interrupt()

    def _interrupt(self) -> None:
        channels = self._channels
        channels.control_channel.send(channels.session.msg("interrupt_request", {}))
        channels.kernel_info()  # an event loop that waits sees the signal once anything else comes

    def _waits(self) -> patience.Waits:
        """How long the kernel and the grader wait for a core from now on."""
        return patience.Waits(lambda: (os.getpid(), self._process.pid))

    async def _end(self, text: str) -> KernelGoneError:
        await self.close()
        return KernelGoneError(text)


async def start(launcher: Launcher, folder: Path, modules: Path) -> Kernel:
    """A fresh kernel in a folder; `modules` is another one from which its cells may import.

    Raises KernelGoneError where it does not come to run cells, and process.LaunchError.
    """
    program = [sys.executable, "-P", "-m", "grader.notebook.kernel"]
    said = asyncio.Event()
    output = Output(on_change=said.set)
    process = await launcher.start(folder, _environment(modules), program, output)
    process.ended.add_done_callback(lambda _: said.set())
    channels = _channels()  # what that imports takes as long as the kernel does to start
    kernel = Kernel(launcher, process, channels)
    try:
        async with asyncio.timeout(START):
            connection = await _connection(process, said)
            channels.load_connection_info(connection)
            channels.start_channels(stdin=False, hb=False)
            await channels.wait_for_ready()
    except TimeoutError:
        await kernel.close()
        raise KernelGoneError(f"was not ready within {START:g} s") from None
    except BaseException:
        await kernel.close()
        raise
    return kernel


async def _connection(process: Process, said: asyncio.Event) -> Any:
    """Where the kernel listens, as it says itself. Raises KernelGoneError where it ends instead."""
    while True:
        for line in process.output.lines():
            if line.text.startswith(READY):
                return json.loads(line.text.removeprefix(READY))
        if process.code is not None:
            last = [line.text for line in process.output.lines()[-1:]]
            raise KernelGoneError(": ".join([exit_text(process.code), *last]))
        said.clear()
        await said.wait()


def _channels() -> "AsyncKernelClient":
    """A kernel's channels, which read no more than they have to."""
    import zmq
    import zmq.asyncio
    from jupyter_client.asynchronous.client import AsyncKernelClient

    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
    context.setsockopt(zmq.RCVHWM, MOST_UNREAD)
    return AsyncKernelClient(context=context)


def _client(channels: "AsyncKernelClient") -> "NotebookClient":
    """What runs cells over the channels."""
    from nbclient import NotebookClient
    from nbformat import NotebookNode

    class Client(NotebookClient):
        def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
            """Keep what `_ran` reads; everything else was made for people."""
            kinds = msg["content"].get("data", {})
            if msg["msg_type"] == "error" or ANSWER in kinds or PRINTED in kinds:
                return super().output(outs, msg, None, cell_index)
            return None

    book = NotebookNode(cells=[NotebookNode()])  # nbclient puts there what it has run
    client = Client(book, allow_errors=True, store_widget_state=False)
    client.kc = channels
    client.log = logging.Logger("nbclient", logging.CRITICAL)  # what it has to say, we say
    return client


def _environment(modules: Path) -> dict[str, str]:
    """The caller's environment, and where the course's own modules are."""
    path = [str(modules), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
    }


def _ran(cell: Any, seconds: float, late: bool) -> Ran:
    error, answer, printed = None, None, 0
    for output in cell.outputs:
        data = output.get("data", {})
        if output.output_type == "error":
            error = str(output.ename), str(output.evalue)
        elif ANSWER in data:
            answer = str(data[ANSWER])
        elif _NUMBER.fullmatch(str(data[PRINTED])):
            printed = int(data[PRINTED])
    return Ran(seconds, late, error, answer, printed)


def _memory(pid: int) -> int:
    """Bytes of memory in use by a process and all that came from it."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    total = 0
    for member in family:
        with contextlib.suppress(psutil.Error):
            total += member.memory_info().rss
    return total
