"""The files of a step's folder."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

LESSON = "README.md"
SETTINGS = "step.toml"
IMAGES = "images"


def every(folder: Path) -> dict[str, Path]:
    """All files below the folder by their names in it, in order.

    What a run of the step leaves there is left out: Python's caches, and a database.
    """
    found = (file for file in folder.rglob("*") if file.is_file() or file.is_symlink())
    names = {file.relative_to(folder).as_posix(): file for file in found}
    return {name: names[name] for name in sorted(names) if not _left_by_a_run(name)}


def code(folder: Path) -> dict[str, bytes]:
    """The contents of the program's files: all but the lesson, its images and step.toml."""
    return {
        name: file.read_bytes()
        for name, file in every(folder).items()
        if name not in (LESSON, SETTINGS) and PurePosixPath(name).parts[0] != IMAGES
    }


def write(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files by their names in the folder, which is made where it is not there."""
    for name, content in contents.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _left_by_a_run(name: str) -> bool:
    path = PurePosixPath(name)
    return "__pycache__" in path.parts or path.suffix.startswith(".sqlite3")


def text(content: bytes) -> str | None:
    """The content as text, or None where it is no UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
