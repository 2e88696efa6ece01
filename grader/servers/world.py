"""Worlds: the network that a check's servers, services and clients share.

Where the machine lets the host make one, each check has a network of its own: its servers reach
nothing outside, nothing outside is taken for them, and ports that are written into their files
do not meet. Clients get in by sockets that are made inside. Elsewhere all share the machine's.
"""

import asyncio
import json
import random
import socket
from collections.abc import Sequence
from typing import Any

from grader.servers import ports
from grader.servers.ports import Listener

SOCKETS = 12  # that are made at a time: few checks need more
_LONGEST = 10.0  # seconds that the host may be busy with something else

AddressInfo = tuple[Any, ...]  # as socket.getaddrinfo has it


class World:
    """The machine's own network, which everybody shares."""

    number: int | None = None  # of a world that the host has made
    isolated = False

    def new_socket(
        self, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM, protocol: int = 0
    ) -> socket.socket:
        """A new socket of this network. Raises OSError."""
        return socket.socket(family, kind, protocol)

    def for_aiohttp(self, address: AddressInfo) -> socket.socket:
        """A new socket for that address: what aiohttp's TCPConnector takes as socket_factory."""
        family, kind, protocol, *_ = address
        return self.new_socket(family, kind, protocol)

    async def connect(self, host: str, port: int) -> socket.socket:
        """A non-blocking socket that is connected. Raises OSError."""
        loop = asyncio.get_running_loop()
        (address, *_) = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        one = self.new_socket(address[0])
        try:
            one.setblocking(False)
            await loop.sock_connect(one, address[4])
        except BaseException:
            one.close()
            raise
        return one

    def listen(self) -> socket.socket:
        """A socket that listens on 127.0.0.1, at a port that the system chooses. Raises OSError."""
        one = self.new_socket()
        one.bind(("127.0.0.1", 0))
        one.listen()
        one.setblocking(False)
        return one

    def free_port(self) -> int:
        """A TCP port of 127.0.0.1 that nobody uses now. Raises OSError."""
        return ports.free_port()

    def listeners(self, pid: int, *, children: bool = True) -> set[Listener]:
        """Where the process listens, or one that it has started."""
        return ports.listening(pid, children=children)

    def unread(self, server: int, client: int) -> int | None:
        """Bytes that wait to be read by port `server`, sent by port `client`; None: not seen."""
        return ports.unread(server, client)

    def close(self) -> None:
        """Let go of what is kept in stock."""


MACHINE = World()


class OwnWorld(World):
    """A network that the host has made; `stock` are sockets of it, the first of them netlink's."""

    isolated = True

    def __init__(self, number: int, stock: Sequence[socket.socket], door: socket.socket) -> None:
        self.number = number
        self._diagnosis, *self._stock = stock
        self._door = door
        self._next = random.randrange(ports.LAST - ports.FIRST)

    def new_socket(
        self, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM, protocol: int = 0
    ) -> socket.socket:
        # What a kind may have in it besides (SOCK_NONBLOCK) is the caller's to set again.
        if (family, kind) != (socket.AF_INET, socket.SOCK_STREAM):
            (one,) = self._ask(family, kind, 1)
            return one
        if not self._stock:
            self._stock = self._ask(family, kind, SOCKETS)
        return self._stock.pop()

    def free_port(self) -> int:
        taken = {listener.port for listener in ports.everybody(self._diagnosis)}
        while True:
            self._next += 1
            port = ports.FIRST + self._next % (ports.LAST - ports.FIRST)
            if port not in taken:
                return port

    def listeners(self, pid: int, *, children: bool = True) -> set[Listener]:
        return ports.listening(pid, children=children, diagnosis=self._diagnosis)

    def unread(self, server: int, client: int) -> int | None:
        return ports.unread(server, client, self._diagnosis)

    def close(self) -> None:
        for one in (self._diagnosis, *self._stock):
            one.close()
        self._stock = []

    def _ask(self, family: int, kind: int, count: int) -> list[socket.socket]:
        """New sockets from the host. Raises OSError."""
        asked = {"world": self.number, "family": family, "kind": kind, "count": count}
        self._door.settimeout(_LONGEST)
        self._door.sendall(json.dumps(asked).encode())
        _, descriptors, _, _ = socket.recv_fds(self._door, 1, count)
        if len(descriptors) < count:
            raise OSError("the host of the servers hands out no sockets")
        return [socket.socket(fileno=one) for one in descriptors]
