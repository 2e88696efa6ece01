"""Which packages the Python files of a folder import, read without parsing them."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from grader.explaining.files import LARGEST_FILE

MOST_FILES = 40

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+(\w+)", re.MULTILINE)


def imported(folder: Path) -> frozenset[str]:
    """The outermost packages that files of the folder and of those in it import.

    There may be more, as a line of a long string may look like an import.
    """
    return frozenset().union(*map(imported_by, _files(folder)))


def imported_by(file: Path) -> frozenset[str]:
    """The outermost packages that one file imports, or may import."""
    return frozenset(name.decode(errors="replace") for name in _IMPORT.findall(_start(file)))


def _files(folder: Path) -> Iterator[Path]:
    for pattern in ("*.py", "[!.]*/*.py"):
        yield from sorted(folder.glob(pattern))[:MOST_FILES]


def _start(file: Path) -> bytes:
    with contextlib.suppress(OSError):
        if file.is_file():
            with file.open("rb") as opened:
                return opened.read(LARGEST_FILE)
    return b""
