"""What a server sees of the files of this machine, and what it may write.

In a mount namespace of its own nothing can be written to, except

- its own folder: it stays where it is, and so do all paths; an overlay lies on it, whose lower
  layer is the folder and whose upper one is in memory, or else a copy in memory;
- the places that are hidden from it: each is an empty folder in memory, in which what is shown
  has its place as before.

All that one server writes shares one bounded room. The sources are mount_namespaces(7) and the
kernel's Documentation/filesystems/overlayfs.rst.
"""

# Every server waits for this: the system calls as they are, without the objects of pathlib.
# ruff: noqa: PTH101, PTH102, PTH103, PTH112, PTH114, PTH116, PTH120, PTH211

import contextlib
import os
import stat
from dataclasses import dataclass

from . import kernel

_ROOM = "256m"  # for all that one server writes
_FILES = 100_000
_TEMPORARY = "/tmp"
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_LINKED = ("node_modules", ".venv", "venv", ".git")  # large, and written by tools alone
_PLAIN = kernel.NO_SETUID | kernel.NO_DEVICES


@dataclass(frozen=True)
class Sight:
    """Absolute paths that are `hidden`, and those that are `shown` nevertheless, to be read.

    What lies in another place counts as that, unless it is named itself.
    """

    hidden: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


def enter_own(folder: str, sight: Sight, *, processes: bool) -> None:
    """Move this process to a mount namespace of its own. Raises OSError.

    `processes`: it is in a PID namespace of its own, and sees the processes of that alone.
    """
    kernel.unshare(kernel.NEW_MOUNTS)
    with contextlib.suppress(OSError):  # not every kernel has them
        kernel.unshare(kernel.NEW_IPC)  # what it makes there would outlive it: ipc_namespaces(7)
    kernel.make_all_read_only()
    with contextlib.ExitStack() as opened:
        lower = _opened(folder, opened)
        assert lower is not None
        shown = {path: _opened(path, opened) for path in sight.shown}
        room = _Room(opened)
        room.lie_on(_TEMPORARY, 0o1777)
        _put_in_order(sight.hidden, shown, room)
        if not os.path.isdir(folder):
            os.makedirs(folder)
        _overlay(folder, lower, room)
        _devices(room)
        if processes:
            flags = _PLAIN | kernel.NO_PROGRAMS | kernel.READ_ONLY
            kernel.mount(b"proc", b"proc", b"/proc", flags)


class _Room:
    """A file system in memory, in which each place that can be written to is a folder."""

    def __init__(self, opened: contextlib.ExitStack) -> None:
        options = f"size={_ROOM},nr_inodes={_FILES},mode=755".encode()
        kernel.mount(b"tmpfs", b"tmpfs", _TEMPORARY.encode(), _PLAIN, options)
        descriptor = _opened(_TEMPORARY, opened)
        assert descriptor is not None
        self._path = f"/proc/self/fd/{descriptor}"  # also when something lies on it
        self._count = 0
        self.covered: list[str] = []

    def folder(self, mode: int) -> str:
        """A new folder in it."""
        self._count += 1
        path = f"{self._path}/{self._count}"
        os.mkdir(path)
        os.chmod(path, mode)
        return path

    def lie_on(self, place: str, mode: int) -> str:
        """Let a new folder lie on the place; its path there."""
        bind(self.folder(mode), place)
        self.covered.append(place)
        return place


def bind(source: str, place: str) -> None:
    """Let a file or a folder be at the place too."""
    flags = kernel.BIND | kernel.RECURSIVE
    kernel.mount(None, os.fsencode(source), os.fsencode(place), flags)


def _put_in_order(hidden: tuple[str, ...], shown: dict[str, int | None], room: _Room) -> None:
    """Hide the ones and show the others, those first in which others lie."""
    places: dict[str, bool] = {_TEMPORARY: True}  # whether it is hidden
    for path in sorted({*hidden, *shown}):
        around = max((one for one in places if _within(path, one)), key=len, default="")
        hides = path in hidden
        if hides == places.get(around, False):
            if hides:
                os.makedirs(path, exist_ok=True)
            continue
        if hides:
            if not os.path.isdir(path) or os.path.islink(path):
                continue
            room.lie_on(path, stat.S_IMODE(os.stat(path).st_mode) | 0o700)
        else:
            descriptor = shown[path]
            if descriptor is None:
                continue
            _place_for(path, descriptor)
            bind(f"/proc/self/fd/{descriptor}", path)
        places[path] = hides


def _within(path: str, other: str) -> bool:
    return path == other or path.startswith(other.rstrip("/") + "/")


def _place_for(path: str, descriptor: int) -> None:
    """Make something of the same kind at the path, on which it can be bound."""
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.makedirs(path, exist_ok=True)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _overlay(folder: str, lower: int, room: _Room) -> None:
    """Let what is written in the folder go to the room."""
    mode = stat.S_IMODE(os.fstat(lower).st_mode)
    upper, work = room.folder(mode), room.folder(0o700)
    # By its descriptor: the path may have characters that mean something in options.
    layers = f"lowerdir=/proc/self/fd/{lower},upperdir={upper},workdir={work},userxattr"
    try:
        kernel.mount(b"overlay", b"overlay", os.fsencode(folder), _PLAIN, layers.encode())
    except OSError:  # not every file system can be a lower layer
        _copy(f"/proc/self/fd/{lower}", upper)
        bind(upper, folder)


def _copy(folder: str, place: str) -> None:
    """Copy what is in the folder, except packages and the history: they can be read there, too."""
    import shutil  # seldom needed

    shutil.copytree(
        folder, place, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_LINKED)
    )
    for name in _LINKED:
        if os.path.isdir(f"{folder}/{name}"):
            os.mkdir(f"{place}/{name}")
            bind(f"{folder}/{name}", f"{place}/{name}")


def _devices(room: _Room) -> None:
    """A /dev with what every program may expect, and without the disks of the machine."""
    own = room.folder(0o755)
    for name in _DEVICES:
        with contextlib.suppress(OSError):
            bound = f"{own}/{name}"
            os.close(os.open(bound, os.O_CREAT | os.O_WRONLY, 0o600))
            bind(f"/dev/{name}", bound)
    for name, target in _LINKS.items():
        os.symlink(target, f"{own}/{name}")
    os.mkdir(f"{own}/shm")
    os.chmod(f"{own}/shm", 0o1777)
    os.mkdir(f"{own}/pts")
    os.symlink("pts/ptmx", f"{own}/ptmx")
    options = b"newinstance,mode=620,ptmxmode=666"
    kernel.mount(b"devpts", b"devpts", f"{own}/pts".encode(), kernel.NO_SETUID, options)
    bind(own, "/dev")


def _opened(path: str, opened: contextlib.ExitStack) -> int | None:
    """A descriptor of the place as it is now, until the block ends; None where nothing is."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return None
    opened.callback(os.close, descriptor)
    return descriptor
