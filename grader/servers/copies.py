"""Copies of folders for servers that share the machine's files with us.

What a server writes beside itself then meets no other server of the same submission, and nothing
that lies beside the original is beside the copy. A copy shares its blocks with the original where
the file system can do that; never by a hard link, which a write would go through.
"""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

LINKED = ("node_modules", ".venv", "venv", ".git")  # large, and written by tools alone
MOST_BYTES, MOST_FILES = 64 * 2**20, 5_000  # of a folder of which there are copies

_CLONE = 0x40049409  # FICLONE, linux/fs.h


class Copies:
    """A copy of each folder that was asked for, made when it is first needed."""

    def __init__(self) -> None:
        self._made: dict[Path, TemporaryDirectory[str]] = {}
        self._fits: dict[Path, bool] = {}
        self.own = False  # whether a server has had a folder of its own

    def of(self, folder: Path) -> Path:
        """One copy of the folder, under its own name; a path that is no folder, as it is."""
        if not folder.is_dir():
            return folder
        if folder not in self._made:
            made = new_folder()
            shutil.copytree(folder, Path(made.name) / folder.name, ignore_dangling_symlinks=True)
            self._made[folder] = made
        return Path(self._made[folder].name) / folder.name

    @contextmanager
    def for_one(self, folder: Path) -> Iterator[Path]:
        """A copy of a submission's folder for one server, removed on leaving.

        Packages and the history are linked. The folder itself where it is too large, or cannot be
        copied.
        """
        with new_folder() as made:
            copy = Path(made) / folder.name
            try:
                if not self._is_small(folder):
                    raise OSError("too large")
                shutil.copytree(
                    folder,
                    copy,
                    symlinks=True,
                    ignore=shutil.ignore_patterns(*LINKED),
                    copy_function=_copied,
                )
                for name in LINKED:
                    if (folder / name).exists():
                        (copy / name).symlink_to(folder / name)
            except (OSError, shutil.Error):
                yield folder
                return
            self.own = True
            yield copy

    def close(self) -> None:
        """Remove those that are for all."""
        for made in self._made.values():
            made.cleanup()
        self._made.clear()

    def _is_small(self, folder: Path) -> bool:
        if folder not in self._fits:
            self._fits[folder] = _is_small(folder)
        return self._fits[folder]


def new_folder() -> TemporaryDirectory[str]:
    """A new folder that is removed when it is left, whatever is in it."""
    return TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True)


def _is_small(folder: Path) -> bool:
    files = size = 0
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in LINKED]
        files += len(names) + len(folders)
        for name in names:
            with contextlib.suppress(OSError):
                size += (Path(place) / name).lstat().st_size
        if files > MOST_FILES or size > MOST_BYTES:
            return False
    return True


def _copied(source: str, target: str) -> str:
    """Copy a file, as a clone where that is possible: ioctl_ficlone(2)."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError), open(source, "rb") as read, open(target, "wb") as write:  # noqa: PTH123
            fcntl.ioctl(write, _CLONE, read.fileno())
            shutil.copystat(source, target)
            return target
    return shutil.copy2(source, target)
