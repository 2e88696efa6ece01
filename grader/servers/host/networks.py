"""Networks of their own: made with a loopback that is up, entered, and asked for sockets.

A network is known by the descriptor of its namespace. The host returns from each to its own.
"""

import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from . import kernel

_SOCK_DIAG = 4  # linux/netlink.h
_SET_FLAGS = 0x8914  # SIOCSIFFLAGS, linux/sockios.h
_REQUEST = struct.Struct("16sH14x")  # ifreq: name, flags
_UP = 0x41  # IFF_UP | IFF_RUNNING
_NAMESPACE = "/proc/thread-self/ns/net"


class Networks:
    """All networks that were made, by the number that the grader gives them."""

    def __init__(self) -> None:
        self._home = os.open(_NAMESPACE, os.O_RDONLY | os.O_CLOEXEC)
        self._made: dict[int, int] = {}

    def make(self, number: int) -> None:
        """Make one, with its loopback up. Raises OSError."""
        kernel.unshare(kernel.NEW_NETWORK)
        try:
            bring_loopback_up()
            self._made[number] = os.open(_NAMESPACE, os.O_RDONLY | os.O_CLOEXEC)
        finally:
            kernel.enter(self._home, kernel.NEW_NETWORK)

    def enter(self, number: int) -> None:
        """Move this process there for good."""
        kernel.enter(self._made[number], kernel.NEW_NETWORK)

    def sockets(self, number: int, family: int, kind: int, count: int) -> list[socket.socket]:
        """Sockets of that network, which stay so wherever they are used."""
        with self._inside(number):
            return [socket.socket(family, kind) for _ in range(count)]

    def diagnosis(self, number: int) -> socket.socket:
        """A socket that tells who listens in that network: sock_diag(7)."""
        with self._inside(number):
            return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG)

    def forget(self, number: int) -> None:
        """Let it go: it ends with its last process and socket."""
        if (descriptor := self._made.pop(number, None)) is not None:
            os.close(descriptor)

    def close(self) -> None:
        """In a fork: keep none of them open."""
        for descriptor in (self._home, *self._made.values()):
            os.close(descriptor)

    @contextmanager
    def _inside(self, number: int) -> Iterator[None]:
        kernel.enter(self._made[number], kernel.NEW_NETWORK)
        try:
            yield
        finally:
            kernel.enter(self._home, kernel.NEW_NETWORK)


def bring_loopback_up() -> None:
    """The loopback of this process's network, which a new one has and has not up: netdevice(7)."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, _REQUEST.pack(b"lo", _UP))
