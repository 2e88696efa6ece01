"""Process numbers of their own: a server sees, and can signal, what it has started and no more.

Process 1 of each PID namespace does nothing but keep it, and ends with the host. When it is
killed the kernel ends all others of the namespace at once, however many they are and wherever they
have hidden. The source is pid_namespaces(7).
"""

import contextlib
import errno
import os
import select
import signal
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from . import kernel

_FIRST, _RANGE = 1_000, 30_000  # numbers of servers: two of one check must not have the same
_ANSWER = struct.Struct("=i")  # a process's number, or minus an error's
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Maker:
    """Makes PID namespaces; the host's own is kept to return to.

    The first processes of them are forked by a helper that is as small as this process is now:
    what servers import makes every fork of the host slower.
    """

    def __init__(self) -> None:
        self._home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._returns = self._can_return()
        self._ordered = 0
        asked, self._asks = os.pipe()
        self._answers, answered = os.pipe()
        host = os.pidfd_open(os.getpid())
        if os.fork() == 0:
            _help(asked, answered, host)
        for descriptor in (asked, answered, host):
            os.close(descriptor)

    def order(self) -> None:
        """Let the next one be made, while we do other things."""
        os.write(self._asks, b".")
        self._ordered += 1

    def make(self) -> "Keeper":
        """The next one. Raises OSError."""
        if not self._ordered:
            self.order()
        self._ordered -= 1
        answer = os.read(self._answers, _ANSWER.size)
        (pid,) = _ANSWER.unpack(answer) if answer else (-errno.ESRCH,)
        if pid < 0:
            raise OSError(-pid, os.strerror(-pid))
        return Keeper(pid)

    def fork_inside(self, keeper: "Keeper", number: int) -> int:
        """As os.fork, but the child is in that namespace, where its number follows from this."""
        if not self._returns:
            return _fork_through_another(keeper, _FIRST + number % _RANGE)
        kernel.enter(keeper.descriptor, kernel.NEW_PIDS)
        try:
            child = kernel.fork(pid=_FIRST + number % _RANGE)
        except OSError:
            kernel.enter(self._home, kernel.NEW_PIDS)
            raise
        if child:
            kernel.enter(self._home, kernel.NEW_PIDS)
        return child

    def _can_return(self) -> bool:
        """Whether a namespace can be left for our own: that must be ours, and not the machine's."""
        try:
            kernel.enter(self._home, kernel.NEW_PIDS)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """In a fork: keep nothing open."""
        for descriptor in (self._home, self._asks, self._answers):
            os.close(descriptor)


class Keeper:
    """Process 1 of a namespace, as the host sees it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.descriptor = os.pidfd_open(pid)

    def end(self) -> None:
        """Kill every process of the namespace."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)

    def close(self) -> None:
        """Let the descriptor go."""
        os.close(self.descriptor)


def _fork_through_another(keeper: Keeper, number: int) -> int:
    """Fork by a process that need not return: the child is ours all the same. Raises OSError."""
    heard, said = os.pipe()
    middle = os.fork()
    if middle == 0:
        os.close(heard)
        try:
            kernel.enter(keeper.descriptor, kernel.NEW_PIDS)
            child = kernel.fork(kernel.SAME_PARENT, number)
        except OSError as error:
            os._exit(error.errno or 1)
        if child:
            os.write(said, str(child).encode())
            os._exit(0)
        os.close(said)
        return 0
    os.close(said)
    answer = os.read(heard, 100)
    os.close(heard)
    _, status = os.waitpid(middle, 0)
    if not answer:
        code = os.waitstatus_to_exitcode(status)
        raise OSError(code, os.strerror(code))
    return int(answer)


def _help(asked: int, answered: int, host: int) -> NoReturn:
    """Fork a first process of a new namespace for each byte that is read, until the host ends."""
    for place, descriptor in enumerate((asked, answered, host)):
        os.dup2(descriptor, place)
    os.closerange(3, 2**20)
    signal.set_wakeup_fd(-1)
    kernel.prctl(kernel.SET_PDEATHSIG, signal.SIGKILL)
    while os.read(0, 1):
        try:
            pid = kernel.fork(kernel.NEW_PIDS | kernel.SAME_PARENT)
        except OSError as error:
            pid = -(error.errno or errno.EAGAIN)
        if pid == 0:
            _keep(host=2)
        os.write(1, _ANSWER.pack(pid))
    os._exit(0)


def _keep(host: int) -> NoReturn:
    """Be process 1 until the host ends."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whose parent has ended is reaped by the kernel
    kernel.prctl(kernel.SET_PDEATHSIG, signal.SIGKILL)
    if select.select([host], [], [], 0)[0]:
        os._exit(1)  # it has ended already
    os.closerange(0, 2**20)
    while True:
        signal.pause()


def signal_group(child: int, number: int) -> None:
    """Signal an unreaped child's process group; the child alone before it leads one."""
    try:
        os.killpg(child, number)
    except ProcessLookupError:
        os.kill(child, number)
    except PermissionError:
        pass  # macOS says so of a group of which only zombies are left


def end_own_children() -> None:
    """Kill every child, and reap it; as the subreaper this process then has theirs, and goes on."""
    while children := list(_own_children()):
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for _ in children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, 0)


def _own_children() -> Iterator[int]:
    """The processes whose parent this one is; Linux only, elsewhere none."""
    if sys.platform != "linux":
        return
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = status.read_text(errors="replace").rpartition(")")[2]
            if int(after_name.split()[1]) == os.getpid():  # proc(5): ppid
                yield int(status.parent.name)


def members(pid: int, keeper: Keeper | None) -> tuple[str, list[int]]:
    """The process and all that came from it, or its whole PID namespace, as numbers of that.

    First the /proc that has those numbers. None of them: it has not got so far yet.
    """
    if keeper is None:
        return "/proc", _descendants(pid)
    place = f"/proc/{pid}/root/proc"
    with contextlib.suppress(OSError):
        if Path(f"{place}/1/ns/pid").readlink() == Path(f"/proc/{keeper.pid}/ns/pid").readlink():
            return place, [int(name) for name in os.listdir(place) if name.isdigit()]  # noqa: PTH208
    return place, []


def memory(place: str, pid: int) -> int:
    """Bytes of memory that a process uses: proc(5), /proc/PID/statm, the second, in pages."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"{place}/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for member in found:
        with contextlib.suppress(OSError, ValueError):
            for thread in Path(f"/proc/{member}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found
