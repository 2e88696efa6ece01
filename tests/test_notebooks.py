"""The notebooks as committed: stripped, short, and run whole they leave nothing behind."""

import ast
import asyncio
import os
import re
import uuid
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from book.notebooks import FOLDERS, run_cells
from grader.notebook.books import course_files
from tests.support import ROOT

FOLDER = ROOT / "notebooks"
MARK = "NOTEBOOK_TEST_MARK"  # in the environment of a kernel, and of all that it starts

CELLS = range(30, 71)
EXERCISES = range(3, 7)
LINES = 15  # of one cell with code
SECONDS = 180  # for all cells of a notebook, on a machine that is busy

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")  # to a file: not to http:, not within the cell's page
# What is at work in the kernel's loop, its own tasks included.
_TASKS = "import asyncio; sorted(t.get_coro().__qualname__ for t in asyncio.all_tasks())"


@pytest.fixture(params=course_files(ROOT), ids=lambda file: file.stem)
def notebook(request: pytest.FixtureRequest) -> NotebookNode:
    assert isinstance(request.param, Path)
    book: NotebookNode = nbformat.read(request.param, as_version=4)
    return book


def test_it_is_stripped_and_its_cells_have_names(notebook: NotebookNode) -> None:
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names)
    assert all(map(_ID.fullmatch, names))
    assert not [cell.id for cell in code(notebook) if cell.outputs or cell.execution_count]


def test_it_is_as_short_as_the_others(notebook: NotebookNode) -> None:
    assert len(notebook.cells) in CELLS
    long = [cell.id for cell in code(notebook) if len(cell.source.splitlines()) > LINES]
    assert not long


def test_its_exercises_are_one_function_each_that_says_what_it_does(notebook: NotebookNode) -> None:
    exercises = [cell for cell in code(notebook) if "exercise" in cell.metadata.get("tags", ())]
    assert len(exercises) in EXERCISES
    for cell in exercises:
        (function,) = ast.parse(cell.source).body
        assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef), cell.id
        assert ast.get_docstring(function), cell.id
        assert [ast.unparse(line) for line in function.body[1:]] == ["raise NotImplementedError"]


def test_the_files_that_it_links_to_are_there(notebook: NotebookNode) -> None:
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    links = {link for text in texts for link in _LINK.findall(text)}
    assert not {link for link in links if not (FOLDER / link).exists()}


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels write nothing at home, and whatever they start is marked."""
    for name in FOLDERS:
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv(MARK, uuid.uuid4().hex)


@pytest.mark.usefixtures("apart")
async def test_it_runs_whole_and_ends_what_it_started(notebook: NotebookNode) -> None:
    before, after = await around(notebook)
    assert "Traceback" not in str([cell.outputs for cell in code(notebook)])
    assert after == before


@pytest.mark.usefixtures("apart")
async def test_what_a_notebook_leaves_is_found() -> None:
    leaves = (
        "import subprocess; process = subprocess.Popen(['sleep', '600'])",
        "import socket; listener = socket.create_server(('127.0.0.1', 0))",
        "import asyncio; task = asyncio.create_task(asyncio.sleep(600))",
    )
    before, after = await around(new_notebook(cells=[*map(new_code_cell, leaves)]))
    assert not [name for name in Left._fields if getattr(before, name) == getattr(after, name)]


class Left(NamedTuple):
    """What is at work for a notebook."""

    processes: list[int]
    ports: set[int]  # local ones of TCP connections, and those that are listened at
    tasks: str


async def around(notebook: NotebookNode) -> tuple[Left, Left]:
    """Run a notebook whole; what was at work before its first cell and after its last one.

    Raises NotRunError where a cell raises, or is not over in time.
    """
    cells = [*notebook.cells]
    probe = new_code_cell(_TASKS)
    running = new_notebook(cells=[*cells, probe], metadata=notebook.metadata)
    client = NotebookClient(running, resources={"metadata": {"path": FOLDER}})

    async def look() -> Left:
        processes = [process for process in psutil.process_iter() if is_marked(process)]
        connections = [c for process in processes for c in process.net_connections("tcp")]
        ports = {c.laddr.port for c in connections if c.status != psutil.CONN_TIME_WAIT}
        await client.async_execute_cell(probe, len(cells))
        tasks = probe.outputs[0].data["text/plain"]
        return Left([process.pid for process in processes], ports, tasks)

    async with client.async_setup_kernel():
        before = await look()
        await run_cells(client, cells, SECONDS)
        # What was closed or cancelled a moment ago may take another one to be gone.
        for pause in (0, 0.05, 0.2, 1, 3):
            await asyncio.sleep(pause)
            if (after := await look()) == before:
                break
        for process in psutil.process_iter():
            if is_marked(process) and process.pid not in before.processes:
                process.kill()
    return before, after


def is_marked(process: psutil.Process) -> bool:
    """Whether the process is the kernel of this test's notebook, or was started by it."""
    try:
        return process.environ().get(MARK) == os.environ[MARK]
    except psutil.Error:
        return False


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
