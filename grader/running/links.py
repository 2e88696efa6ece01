"""Symbolic links in a submission: those that leave it are refused, before anything is run.

What lies elsewhere is not the submission's; it would be another file on another machine.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from grader.servers.copies import LINKED

MOST = 20_000  # files and folders that are looked at


def leaving(folder: Path) -> str:
    """What is wrong with the first link that leaves the folder, in words; "" where none does."""
    root = folder.resolve()
    for link in _links(root):
        target = Path(os.path.realpath(link))
        if not target.is_relative_to(root):
            return (
                f"{link.relative_to(root)} is a symbolic link that leaves the submission, to "
                f"{target}: put a copy there instead"
            )
    return ""


def _links(root: Path) -> Iterator[Path]:
    """The links, but not those of package managers and git, which link as they like."""
    left = MOST
    for place, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in LINKED]
        for name in sorted((*folders, *files)):
            left -= 1
            if not left:
                return
            if os.path.islink(one := os.path.join(place, name)):  # noqa: PTH114, PTH118 - fast
                yield Path(one)
