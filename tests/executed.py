"""The notebooks, run whole once for all tests: for the book, and for what they leave behind.

Tests that ask for them are in the group "book" of pytest-xdist, and so in one process.
"""

import asyncio
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple
from unittest.mock import patch

import psutil
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from book import notebooks
from grader.notebook.books import course_files
from tests.support import ROOT

KEPT = ROOT / "build" / "book" / "executed"  # where `make book` looks for them
MARK = "NOTEBOOK_TEST_MARK"  # in the environment of a kernel, and of all that it starts

# What is at work in the kernel's loop, its own tasks included.
_TASKS = "import asyncio; sorted(t.get_coro().__qualname__ for t in asyncio.all_tasks())"


class Left(NamedTuple):
    """What is at work for a notebook."""

    processes: list[int]
    ports: set[int]  # local ones of TCP connections, and those that are listened at
    tasks: str


class Executed(NamedTuple):
    """What was at work for a notebook before its first cell and after its last one, and its text
    with its outputs.
    """

    before: Left
    after: Left
    text: str


@cache
def executed() -> dict[str, Executed]:
    """Every notebook by the stem of its file, run just now. Raises NotRunError."""
    left: list[tuple[Left, Left]] = []
    run_cells = notebooks.run_cells

    async def watching(
        client: NotebookClient, cells: Sequence[NotebookNode], seconds: float
    ) -> None:
        with patch.object(notebooks, "run_cells", run_cells):
            left.append(await watched(client, cells, seconds))

    for old in KEPT.glob("*.ipynb"):
        old.unlink()
    with marked(), patch.object(notebooks, "run_cells", watching):
        texts = notebooks.execute(ROOT, KEPT).values()
    names = [file.stem for file in course_files(ROOT)]
    return {
        name: Executed(before, after, text)
        for name, (before, after), text in zip(names, left, texts, strict=True)
    }


@contextmanager
def marked() -> Iterator[None]:
    """Whatever is started meanwhile is marked."""
    with patch.dict(os.environ, {MARK: uuid.uuid4().hex}):
        yield


async def watched(
    client: NotebookClient, cells: Sequence[NotebookNode], seconds: float
) -> tuple[Left, Left]:
    """Run the cells; what was at work before the first one and after the last one.

    Raises NotRunError where a cell raises, or is not over in time.
    """
    probe, cells = new_code_cell(_TASKS), [*cells]
    client.nb.cells.append(probe)

    async def look() -> Left:
        processes = [process for process in psutil.process_iter() if _is_marked(process)]
        connections = [c for process in processes for c in process.net_connections("tcp")]
        ports = {c.laddr.port for c in connections if c.status != psutil.CONN_TIME_WAIT}
        await client.async_execute_cell(probe, len(cells), store_history=False)
        tasks = probe.outputs[0].data["text/plain"]
        return Left([process.pid for process in processes], ports, tasks)

    before = await look()
    await notebooks.run_cells(client, cells, seconds)
    # What was closed or cancelled a moment ago may take another one to be gone.
    for pause in (0, 0.05, 0.2, 1, 3):
        await asyncio.sleep(pause)
        if (after := await look()) == before:
            break
    for process in psutil.process_iter():
        if _is_marked(process) and process.pid not in before.processes:
            process.kill()
    client.nb.cells.pop()
    return before, after


def _is_marked(process: psutil.Process) -> bool:
    """Whether the process is the kernel of a notebook that is watched, or was started by it."""
    try:
        return process.environ().get(MARK) == os.environ[MARK]
    except psutil.Error:
        return False
