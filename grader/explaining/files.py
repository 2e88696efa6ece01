"""The files of a submission in which its source is looked for: few, and none that is too large."""

from collections.abc import Iterator
from pathlib import Path

MOST_FILES = 20
DEEPEST = 3  # folders in one another, as app/main/events.py
LARGEST_FILE = 200_000  # bytes
_NOT_READ = (
    "node_modules",
    "site-packages",
    "venv",
    "public",
    "static",
    "templates",
    "client",
    "frontend",
    "tests",
    "build",
    "dist",
)


def texts(folder: Path | None, *suffixes: str) -> Iterator[tuple[str, bytes]]:
    """The files with these suffixes: the path in the folder, and what stands there.

    Those in the folder itself come first, then those in its packages.
    """
    for file in [*_found(folder, suffixes)][:MOST_FILES] if folder else ():
        try:
            if file.is_file() and file.stat().st_size <= LARGEST_FILE:
                yield file.relative_to(folder or "").as_posix(), file.read_bytes()
        except OSError:
            continue


def _found(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    folders = [folder]
    for _ in range(DEEPEST):
        inside: list[Path] = []
        for one in folders:
            try:
                entries = sorted(one.iterdir())
            except OSError:
                continue
            yield from (entry for entry in entries if entry.suffix in suffixes)
            inside += filter(_may_be_a_package, entries)
        folders = inside[:MOST_FILES]


def _may_be_a_package(place: Path) -> bool:
    hidden = place.name in _NOT_READ or place.name.startswith((".", "_"))
    try:
        return not hidden and place.is_dir() and not place.is_symlink()
    except OSError:
        return False
