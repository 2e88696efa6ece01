"""Runs the notebooks, one after another, and keeps what came of them until something changes."""

import asyncio
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import nbformat
from click import unstyle
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from grader.dev import files
from grader.notebook.books import course_files

SECONDS = 600  # for all cells of one notebook, on a machine that is busy with other things

# Where Jupyter and IPython read and write what is the user's own.
FOLDERS = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")


class NotRunError(Exception):
    """A notebook does not come to its end; says which, and why."""


def execute(root: Path, kept: Path) -> dict[str, str]:
    """Every notebook of the course with its outputs: its name in the course → its text.

    What an earlier run gave is taken from the folder `kept`, as long as neither the notebook nor
    what it runs has changed since. Raises NotRunError.
    """
    around = _state(root)
    results = {
        file: kept / f"{file.stem}-{hashlib.sha256(around + file.read_bytes()).hexdigest()}.ipynb"
        for file in course_files(root)
    }
    kept.mkdir(parents=True, exist_ok=True)
    for old in set(kept.iterdir()) - set(results.values()):
        old.unlink()
    for file, result in results.items():
        if not result.is_file():
            text = _run(file)  # alone: what is beside a measurement is measured, too
            result.write_text(text, encoding="utf-8")
    return {
        file.relative_to(root).as_posix(): result.read_text(encoding="utf-8")
        for file, result in results.items()
    }


def _run(file: Path) -> str:
    """The notebook with its outputs. Nothing is read from the user's own folders, or written there.

    Raises NotRunError.
    """
    with (
        tempfile.TemporaryDirectory() as home,
        patch.dict(os.environ, dict.fromkeys(FOLDERS, home)),
    ):
        return asyncio.run(_executed(file))


async def _executed(file: Path) -> str:
    book = nbformat.read(file, as_version=4)
    client = NotebookClient(
        book,
        resources={"metadata": {"path": file.parent}},
        record_timing=False,
        coalesce_streams=True,  # what a cell prints bit by bit is one text all the same
    )
    # On their way out kernels complain now and then of what is closed already.
    async with client.async_setup_kernel(stderr=subprocess.DEVNULL):
        try:
            await run_cells(client, book.cells, SECONDS)
        except NotRunError as error:
            raise NotRunError(f"{file.name}: {error}") from None
    text: str = nbformat.writes(book)
    return text


async def run_cells(client: NotebookClient, cells: Sequence[NotebookNode], seconds: float) -> None:
    """Run the cells of a notebook in its kernel. Raises NotRunError, which names the cell."""
    place, limit = "", asyncio.timeout(seconds)
    try:
        async with limit:
            for number, cell in enumerate(cells):
                if cell.cell_type == "code":
                    place = _place(cells[: number + 1])
                    await client.async_execute_cell(cell, number)
    except (TimeoutError, CellExecutionError, DeadKernelError) as error:
        # nbclient turns the end of the time into the death of a kernel that is well.
        why = f"is not over after {seconds} s" if limit.expired() else unstyle(f"fails: {error}")
        raise NotRunError(f"{place} {why}") from None


def _place(cells: Sequence[NotebookNode]) -> str:
    """The last of these cells, by the number that Jupyter shows and by its first line."""
    count = sum(cell.cell_type == "code" for cell in cells)
    return f"cell [{count}], “{cells[-1].source.strip().partition(chr(10))[0]}”,"


def _state(root: Path) -> bytes:
    """A digest of what notebooks import, and of the servers that they run."""
    digest = hashlib.sha256(sys.version.encode())
    folders = [root / "notebooks" / "wire", *sorted(root.glob("solutions/step*")), root / "static"]
    for folder in folders:
        for name, file in files.every(folder).items():
            if not name.startswith("node_modules/"):
                digest.update(f"{folder.name}/{name}\0".encode() + file.read_bytes())
    return digest.digest()
