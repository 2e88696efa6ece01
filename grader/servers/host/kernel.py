"""Linux's system calls that Python 3.11 does not have. Elsewhere they raise OSError.

The numbers are those of linux/sched.h, linux/prctl.h, linux/mount.h and linux/capability.h; the
numbers of system calls are those of unistd.h.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable

SAME_PARENT = 0x8000  # CLONE_PARENT: the child is a child of the caller's parent
NEW_USER, NEW_PIDS = 0x10000000, 0x20000000
NEW_NETWORK, NEW_MOUNTS, NEW_IPC = 0x40000000, 0x00020000, 0x08000000

SET_PDEATHSIG, SET_DUMPABLE, SET_CHILD_SUBREAPER, SET_NO_NEW_PRIVS = 1, 4, 36, 38

BIND, RECURSIVE, PRIVATE = 1 << 12, 1 << 14, 1 << 18  # MS_BIND, MS_REC, MS_PRIVATE
READ_ONLY, NO_SETUID, NO_DEVICES, NO_PROGRAMS = 1 << 0, 1 << 1, 1 << 2, 1 << 3  # MS_RDONLY …

_SIGCHLD = 17
_CLONE3 = 435
_CLONE_ARGS = struct.Struct("=11Q")  # clone_args: flags, …, exit_signal, …, set_tid, its size, …
_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_MOUNT_ATTRIBUTES = struct.Struct("=QQQQ")  # mount_attr: set, clear, propagation, user namespace
_CAPABILITIES = 0x20080522  # _LINUX_CAPABILITY_VERSION_3

_library = ctypes.PyDLL(None, use_errno=True) if sys.platform == "linux" else None


def call(name: str, *arguments: object) -> int:
    """A function of the C library that returns -1 for an error. Raises OSError."""
    if _library is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    result = int(getattr(_library, name)(*arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int) -> None:
    """Set an option of this process; elsewhere than on Linux nothing."""
    if _library is not None:
        call("prctl", option, value, 0, 0, 0)


def unshare(kinds: int) -> None:
    """Give this process new namespaces of these kinds."""
    call("unshare", kinds)


def enter(descriptor: int, kind: int) -> None:
    """Move this process to the namespace that the descriptor is of."""
    call("setns", descriptor, kind)


def mount(
    kind: bytes | None, source: bytes | None, place: bytes, flags: int, options: bytes | None = None
) -> None:
    """mount(2)."""
    call("mount", source, place, kind, flags, options)


def make_all_read_only() -> None:
    """Let no mount of this process's namespace be written to, and none be shared with another.

    What is mounted after that may be written to. The source is mount_setattr(2).
    """
    attributes = _MOUNT_ATTRIBUTES.pack(READ_ONLY, 0, PRIVATE, 0)
    size = _MOUNT_ATTRIBUTES.size
    call("syscall", _MOUNT_SETATTR, _AT_FDCWD, b"/", _AT_RECURSIVE, attributes, size)


def keep_capabilities(kept: Iterable[int]) -> None:
    """Give up all capabilities of this process but these: capabilities(7)."""
    low = sum(1 << one for one in kept)
    own = ctypes.create_string_buffer(24)
    header = struct.pack("=Ii", _CAPABILITIES, 0)
    call("capget", header, own)
    permitted = struct.unpack("=6I", own.raw)[1] & low
    call("capset", header, struct.pack("=6I", permitted, permitted, 0, 0, 0, 0))


def fork(kinds: int = 0, pid: int = 0) -> int:
    """As os.fork, with new namespaces of these kinds, and with this number where it is not 0.

    A PID namespace that unshare(2) makes is for the caller's later children, and an ordinary
    user's process could not take that back. The source is clone3 in clone(2).
    """
    wanted = (ctypes.c_int32 * 1)(pid)
    chosen = (ctypes.addressof(wanted), 1) if pid else (0, 0)
    signal = 0 if kinds & SAME_PARENT else _SIGCHLD  # it is the caller's own then
    arguments = _CLONE_ARGS.pack(kinds, 0, 0, 0, signal, 0, 0, 0, *chosen, 0)
    ctypes.pythonapi.PyOS_BeforeFork()
    try:
        child = call("syscall", _CLONE3, arguments, _CLONE_ARGS.size)
    except OSError:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
        raise
    if child:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    return child
