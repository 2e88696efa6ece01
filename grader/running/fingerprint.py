"""A submission's hash: two folders with the same files have the same."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

# What tools put there, and what is installed: none of it is anybody's work.
SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "grader-screenshots"})
MOST_FILES = 5_000
MOST_BYTES = 200 * 2**20


def fingerprint(folders: Sequence[Path], without: Path | None = None) -> str | None:
    """The SHA-256 of one folder, or of those of several; None where there is too much to read.

    Hidden files and folders do not count, nor does what is installed, nor the file `without`.
    """
    every = [_of(folder, without) for folder in dict.fromkeys(folders)]
    known = [one for one in every if one is not None]
    if not every or len(known) < len(every):
        return None
    digest = known[0] if len(known) == 1 else hashlib.sha256("\n".join(known).encode()).hexdigest()
    return f"sha256:{digest}"


def _of(folder: Path, without: Path | None) -> str | None:
    whole = hashlib.sha256()
    room = MOST_BYTES
    for count, file in enumerate(one for one in _files(folder) if one != without):
        name = file.relative_to(folder).as_posix().encode(errors="surrogateescape")
        content = _content(file, room)
        if content is None or count >= MOST_FILES:
            return None
        room -= len(content)
        for part in (name, content):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """The files in the folder and below it, in an order that depends on their names alone."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one[0] != "." and one not in SKIPPED)
        for name in sorted(names):
            if name[0] != ".":
                yield Path(place, name)


def _content(file: Path, room: int) -> bytes | None:
    """What is in a file, or where a link leads; None where that is more than there is room for."""
    try:
        if file.is_symlink():
            return os.fsencode(file.readlink())
        if not file.is_file():
            return b""
        return file.read_bytes() if file.stat().st_size <= room else None
    except OSError:
        return b""
