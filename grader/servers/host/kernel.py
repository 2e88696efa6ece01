"""Linux's system calls that Python 3.11 does not have. Elsewhere they raise OSError.

The numbers are those of linux/sched.h, linux/prctl.h, linux/mount.h and linux/capability.h.
"""

import ctypes
import errno
import os
import platform
import sys

NEW_USER, NEW_PIDS = 0x10000000, 0x20000000
NEW_NETWORK, NEW_MOUNTS, NEW_IPC = 0x40000000, 0x00020000, 0x08000000

SET_PDEATHSIG, SET_CHILD_SUBREAPER, SET_NO_NEW_PRIVS = 1, 36, 38

_SIGCHLD = 17
# clone(2) as a bare system call: glibc's needs a stack of its own, as a new thread does.
_CLONE = {"x86_64": 56, "aarch64": 220}

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


def fork_with_new_pids() -> int:
    """As os.fork, but the child is process 1 of a new PID namespace.

    unshare(2) would do it for the caller's later children, and an ordinary user's process could
    not take it back.
    """
    number = _CLONE.get(platform.machine())
    if number is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    ctypes.pythonapi.PyOS_BeforeFork()
    try:
        pid = call("syscall", number, NEW_PIDS | _SIGCHLD, None, None, None, None)
    except OSError:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
        raise
    if pid:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    return pid
