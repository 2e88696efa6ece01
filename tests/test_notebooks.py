"""The notebooks as committed: stripped, short, and run whole they leave nothing behind."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from book.notebooks import FOLDERS
from grader.notebook.books import course_files
from tests.executed import Left, executed, marked, watched
from tests.support import ROOT

FOLDER = ROOT / "notebooks"
CELLS = range(30, 71)
EXERCISES = range(3, 7)
LINES = 15  # of one cell with code

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")  # to a file: not to http:, not within the cell's page


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


@pytest.mark.xdist_group("book")
@pytest.mark.parametrize("name", [file.stem for file in course_files(ROOT)])
def test_it_runs_whole_and_ends_what_it_started(name: str) -> None:
    ran = executed()[name]
    book: NotebookNode = nbformat.reads(ran.text, as_version=4)
    assert "Traceback" not in str([cell.outputs for cell in code(book)])
    assert ran.after == ran.before


async def test_what_a_notebook_leaves_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaves = (
        "import subprocess; process = subprocess.Popen(['sleep', '600'])",
        "import socket; listener = socket.create_server(('127.0.0.1', 0))",
        "import asyncio; task = asyncio.create_task(asyncio.sleep(600))",
    )
    for folder in FOLDERS:
        monkeypatch.setenv(folder, str(tmp_path))
    book = new_notebook(cells=[*map(new_code_cell, leaves)])
    with marked():
        client = NotebookClient(book)
        async with client.async_setup_kernel():
            before, after = await watched(client, book.cells, 60)
    assert not [name for name in Left._fields if getattr(before, name) == getattr(after, name)]


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
