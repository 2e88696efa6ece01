"""What this machine lets us keep apart, found out by trying it in a process that then ends."""

import contextlib
import os
import socket
from pathlib import Path

from . import kernel
from .files import Sight, enter_own
from .networks import bring_loopback_up

NETWORK, FILES, PROCESSES = "network", "files", "processes"  # each needs those before it

_in_user_namespace = False


def begin() -> list[str]:
    """What servers get of their own from here on; makes this process able to give it.

    An ordinary user may make namespaces in a user namespace, in which this process then is: with
    its own user and group, so that files belong to whom they belonged before.
    """
    global _in_user_namespace  # noqa: PLW0603
    if not _sees_itself():
        return []  # namespaces are known by files of /proc
    for need_user in (False, True):
        if found := _tried(need_user):
            if need_user:
                _become_able()
                _in_user_namespace = True
            return found
    return []


def _sees_itself() -> bool:
    """Whether there is a /proc, and it is ours."""
    with contextlib.suppress(OSError):
        return os.readlink("/proc/self") == str(os.getpid())  # noqa: PTH115
    return False


def is_root() -> bool:
    """Whether this process has the rights of the machine's root."""
    return os.geteuid() == 0 and not _in_user_namespace


def _tried(need_user: bool) -> list[str]:
    """The names of what succeeds in a process of its own."""
    pid = os.fork()
    if pid == 0:
        succeeded = 0
        with contextlib.suppress(BaseException):
            if need_user:
                _become_able()
            succeeded = _try_all()
        os._exit(succeeded)
    _, status = os.waitpid(pid, 0)
    succeeded = os.waitstatus_to_exitcode(status)
    return [NETWORK, FILES, PROCESSES][: max(0, succeeded)]


def _try_all() -> int:
    """How many succeed, from the first."""
    kernel.unshare(kernel.NEW_NETWORK)
    bring_loopback_up()
    _talk_to_ourselves()
    inside = kernel.fork(kernel.NEW_PIDS)
    if inside == 0:
        os._exit(0 if _sees_its_own() else 1)
    _, status = os.waitpid(inside, 0)
    if os.waitstatus_to_exitcode(status) == 0:
        return 3
    try:
        enter_own(str(Path(__file__).parent), Sight(), processes=False)
    except OSError:
        return 1
    return 2


def _sees_its_own() -> bool:
    """Whether files and processes can be kept apart, by process 1 of a new PID namespace."""
    with contextlib.suppress(BaseException):
        enter_own(str(Path(__file__).parent), Sight(), processes=True)
        return os.readlink("/proc/self") == "1"  # noqa: PTH115
    return False


def _become_able() -> None:
    """Enter another user namespace, in which this process may make the other kinds.

    And a new network, which belongs to it: one may only return to a network whose owner one is.
    The source is user_namespaces(7), "User and group ID mappings".
    """
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.NEW_USER | kernel.NEW_NETWORK)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def _talk_to_ourselves() -> None:
    """Whether a loopback carries anything. Raises OSError."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
