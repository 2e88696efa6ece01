"""Runs the notebooks, side by side, and keeps what came of them until something changes."""

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

from grader.dev import files

SECONDS = 180  # for one notebook, beside others
AT_A_TIME = max(2, os.cpu_count() or 1)

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
        for file in sorted(root.glob("notebooks/[0-9][0-9]_*.ipynb"))
    }
    missing = [file for file, result in results.items() if not result.is_file()]
    texts = asyncio.run(_run_all(missing))
    kept.mkdir(parents=True, exist_ok=True)
    for old in set(kept.iterdir()) - set(results.values()):
        old.unlink()
    for file, text in zip(missing, texts, strict=True):
        results[file].write_text(text, encoding="utf-8")
    return {
        file.relative_to(root).as_posix(): result.read_text(encoding="utf-8")
        for file, result in results.items()
    }


async def _run_all(notebooks: Sequence[Path]) -> list[str]:
    """Run notebooks to their ends, also those beside one that fails: each ends its own kernel."""
    room = asyncio.Semaphore(AT_A_TIME)

    async def in_turn(file: Path) -> str:
        async with room:
            return await _run(file)

    # Nothing is read from the user's own folders, or written there.
    with (
        tempfile.TemporaryDirectory() as home,
        patch.dict(os.environ, dict.fromkeys(FOLDERS, home)),
    ):
        done = await asyncio.gather(*map(in_turn, notebooks), return_exceptions=True)
    failed = [one for one in done if isinstance(one, BaseException)]
    for error in failed[:1]:
        raise error
    return [one for one in done if isinstance(one, str)]


async def _run(file: Path) -> str:
    book = nbformat.read(file, as_version=4)
    client = NotebookClient(
        book,
        resources={"metadata": {"path": file.parent}},
        record_timing=False,
    )
    try:
        async with asyncio.timeout(SECONDS) as limit:
            # On their way out kernels complain now and then of what is closed already.
            await client.async_execute(stderr=subprocess.DEVNULL)
    except (TimeoutError, CellExecutionError, DeadKernelError) as error:
        why = f"it is not over after {SECONDS} s" if limit.expired() else unstyle(str(error))
        raise NotRunError(f"{file.name}: {why}") from None
    text: str = nbformat.writes(book)
    return text


def _state(root: Path) -> bytes:
    """A digest of what notebooks import, and of the servers that they run."""
    digest = hashlib.sha256(sys.version.encode())
    folders = [root / "notebooks" / "wire", *sorted(root.glob("solutions/step*")), root / "static"]
    for folder in folders:
        for name, file in files.every(folder).items():
            if not name.startswith("node_modules/"):
                digest.update(f"{folder.name}/{name}\0".encode() + file.read_bytes())
    return digest.digest()
