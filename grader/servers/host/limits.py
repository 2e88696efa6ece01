"""What a server may use of the machine, and how it is kept to that after the fork."""

import contextlib
import os
import resource

from . import kernel
from .processes import Keeper, members, memory

MOST_PROCESSES = 250
LOOK = 0.25  # seconds between two looks at what servers use

_FILES = 4_096  # that one process may have open
_FILE = 256 * 2**20  # bytes of the largest file that it may write
_MAPPED = 4 * 2**30  # bytes that one process may ask for; threads' stacks count as well
_MOST_MEMORY, _LEAST_MEMORY, _SHARE = 2**29, 2**28, 16  # bytes, and a part of the machine's
_OOM_FIRST = b"1000"  # of the machine's processes, these are the first to be killed: proc(5)
# capabilities(7): what root may do in a container, too. An ordinary user has none.
_KEPT = {
    "CAP_CHOWN": 0,
    "CAP_DAC_OVERRIDE": 1,
    "CAP_FOWNER": 3,
    "CAP_FSETID": 4,
    "CAP_KILL": 5,
    "CAP_SETGID": 6,
    "CAP_SETUID": 7,
    "CAP_NET_BIND_SERVICE": 10,
}


def limit() -> None:
    """Limit this process and all that come from it."""
    for kind, most in (
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_FSIZE, _FILE),
        (resource.RLIMIT_DATA, _MAPPED),
        (resource.RLIMIT_CORE, 0),
    ):
        soft, hard = (_lower(one, most) for one in resource.getrlimit(kind))
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (soft, hard))
    with contextlib.suppress(OSError):
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        try:
            os.write(descriptor, _OOM_FIRST)
        finally:
            os.close(descriptor)


def give_up_privileges(*, root: bool) -> None:
    """Let this process, and all that come from it, undo nothing of what was kept apart."""
    kernel.prctl(kernel.SET_NO_NEW_PRIVS, 1)
    kernel.keep_capabilities(_KEPT.values() if root else ())


def _lower(one: int, other: int) -> int:
    return other if one == resource.RLIM_INFINITY else min(one, other)


def most_memory() -> int:
    """Bytes that a server with all its processes may use beside what the host has given it."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(_LEAST_MEMORY, min(_MOST_MEMORY, pages // _SHARE))


def own_memory() -> int:
    """Bytes that this process uses, and shares with each of its forks."""
    return memory("/proc", os.getpid())


def exceeded(pid: int, keeper: Keeper | None, shared: int) -> str:
    """What the server uses too much of, in words; "" where it is nothing.

    `shared` are the bytes that each fork of the host shares with it.
    """
    place, found = members(pid, keeper)
    if len(found) > MOST_PROCESSES:
        return f"it had more than {MOST_PROCESSES} processes"
    if sum(max(0, memory(place, one) - shared) for one in found) > most_memory():
        return f"it used more than {most_memory() / 2**20:,.0f} MB of memory"
    return ""
