"""Copies of folders for servers that share the machine's files with us, and see what lies beside.

They are made when they are first needed, and removed at the end.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory


class Copies:
    """A copy of each folder that was asked for."""

    def __init__(self) -> None:
        self._made: dict[Path, TemporaryDirectory[str]] = {}

    def of(self, folder: Path) -> Path:
        """A copy of the folder, under its own name; the folder itself where there is none."""
        if not folder.is_dir():
            return folder
        if folder not in self._made:
            made = TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True)
            shutil.copytree(folder, Path(made.name) / folder.name, ignore_dangling_symlinks=True)
            self._made[folder] = made
        return Path(self._made[folder].name) / folder.name

    def close(self) -> None:
        """Remove them all."""
        for made in self._made.values():
            made.cleanup()
        self._made.clear()
