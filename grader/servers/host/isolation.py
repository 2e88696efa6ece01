"""What this machine lets us keep apart, found out by trying it in a process that then ends."""

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

from . import kernel
from .files import enter_own
from .networks import bring_loopback_up

NETWORK, FILES = "network", "files"


def begin() -> list[str]:
    """What servers get of their own from here on; makes this process able to give it.

    An ordinary user may make namespaces in a user namespace, in which this process then is: with
    its own user and group, so that files belong to whom they belonged before.
    """
    attempts: list[tuple[str, Callable[[], None]]] = [
        (NETWORK, lambda: kernel.unshare(kernel.NEW_NETWORK)),
        (FILES, lambda: enter_own(str(Path(__file__).parent))),
    ]
    for need_user in (False, True):
        found = _tried(attempts, need_user)
        if NETWORK in found:
            if need_user:
                _become_able()
            return found
    return []


def _tried(attempts: list[tuple[str, Callable[[], None]]], need_user: bool) -> list[str]:
    """The names of the attempts that succeed in a process of their own."""
    pid = os.fork()
    if pid == 0:
        succeeded = 0
        with contextlib.suppress(BaseException):
            if need_user:
                _become_able()
            for place, (_, attempt) in enumerate(attempts):
                with contextlib.suppress(OSError):
                    attempt()
                    if not place:
                        bring_loopback_up()
                        _talk_to_ourselves()
                    succeeded |= 1 << place
        os._exit(succeeded)
    _, status = os.waitpid(pid, 0)
    succeeded = os.waitstatus_to_exitcode(status)
    return [name for place, (name, _) in enumerate(attempts) if succeeded & 1 << place]


def _become_able() -> None:
    """Enter a new user namespace, in which this process may make the other kinds.

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
