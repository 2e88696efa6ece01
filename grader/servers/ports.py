"""TCP ports: a free one to hand out, and who listens where.

Linux is asked through its socket diagnosis (sock_diag(7)), which looks at the listening sockets
alone and answers in microseconds; elsewhere, and where the kernel has none, psutil tells.
"""

import contextlib
import itertools
import os
import random
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

# Below the ranges from which Linux (32768-60999) and macOS (49152-65535) take the ports of
# outgoing connections, so that no client's own port is in a server's way.
FIRST, LAST = 20_000, 32_000

_CHILDREN = Path("/proc/thread-self/children")  # it is there where Linux tells them

# linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h, net/tcp_states.h
_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_REQUEST, _DUMP = 0x1, 0x300
_DONE, _ERROR = 3, 2
_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_LISTEN = 1 << 10
_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, pid
# inet_diag_req_v2: family, protocol, ext, pad, states; ports (big-endian), addresses, if, cookie
_QUERY = struct.Struct("=BBBBI2s2s16s16s4x8s")
_NO_COOKIE = b"\xff" * 8
_UNREAD = struct.Struct("=56xI")  # inet_diag_msg: the queue to be read
_PORT = struct.Struct(">4xH")  # inet_diag_msg: the local port
_INODE = struct.Struct("=68xI")  # inet_diag_msg: the inode
_ADDRESS = 8  # inet_diag_msg: where the local address begins
_ATTRIBUTES = 72  # the size of inet_diag_msg, after which attributes come
_ATTRIBUTE = struct.Struct("=HH")  # nlattr: length, type
_SKV6ONLY = 11  # inet_diag.h: INET_DIAG_SKV6ONLY, one byte


# One after another, so that servers that start together never get the same.
_turn = itertools.count(random.randrange(LAST - FIRST))


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses now, another one each time.

    Raises OSError when a hundred tries find none.
    """
    for _ in range(100):
        port = FIRST + next(_turn) % (LAST - FIRST)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port on 127.0.0.1")


def is_listened_on(port: int) -> bool:
    """Whether some process of this machine takes connections on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def unread(server: int, client: int, diagnosis: socket.socket | None = None) -> int | None:
    """Bytes that have come from port `client` of 127.0.0.1 to port `server`, and wait to be read.

    None where that cannot be seen. `diagnosis` is a socket of the network that is asked about.
    """
    if sys.platform != "linux":
        return None
    home = socket.inet_aton("127.0.0.1")
    query = _QUERY.pack(
        socket.AF_INET,
        socket.IPPROTO_TCP,
        0,
        0,
        0,
        server.to_bytes(2),
        client.to_bytes(2),
        home,
        home,
        _NO_COOKIE,
    )
    try:
        with _asked(diagnosis) as one:
            return next((_UNREAD.unpack_from(m)[0] for m in _answers(one, query)), None)
    except OSError:
        return None


@dataclass(frozen=True, order=True)
class Listener:
    """A TCP socket that takes connections; `only_ipv6`: it takes none that come over IPv4."""

    port: int
    address: str
    only_ipv6: bool = False

    @property
    def at_home(self) -> bool:
        """Whether it takes what comes to 127.0.0.1."""
        if ":" not in self.address:
            return self.address in ("127.0.0.1", "0.0.0.0")
        if self.address in ("::ffff:127.0.0.1", "::ffff:0.0.0.0"):
            return True
        return self.address == "::" and not self.only_ipv6

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


def listening(pid: int, *, children: bool, diagnosis: socket.socket | None = None) -> set[Listener]:
    """Where process `pid` listens, or, if asked for, a process that it has started.

    `diagnosis` is a socket of the network that is asked about.
    """
    try:
        with _asked(diagnosis) as one:
            found = dict(_dump(one))
    except OSError:
        return set().union(*map(_listeners_by_psutil, family(pid) if children else [pid]))
    if not found:
        return set()
    members = family(pid) if children else [pid]
    return set().union(*(_listeners_of(member, found) for member in members))


def everybody(diagnosis: socket.socket) -> set[Listener]:
    """Where anybody listens in the network of that sock_diag socket. Raises OSError."""
    return {listener for _, listener in _dump(diagnosis)}


def _dump(diagnosis: socket.socket) -> Iterator[tuple[int, Listener]]:
    """(inode, listener) of every listening TCP socket.

    Raises OSError where there is no sock_diag, or none for TCP.
    """
    for number in _FAMILIES:
        query = _QUERY.pack(number, socket.IPPROTO_TCP, 0, 0, _LISTEN, b"", b"", b"", b"", b"")
        for message in _answers(diagnosis, query, _DUMP):
            length = 4 if number == socket.AF_INET else 16
            address = socket.inet_ntop(number, message[_ADDRESS : _ADDRESS + length])
            port, inode = _PORT.unpack_from(message)[0], _INODE.unpack_from(message)[0]
            yield inode, Listener(port, address, _only_ipv6(message))


def _only_ipv6(message: bytes) -> bool:
    """The attribute INET_DIAG_SKV6ONLY of an answer: netlink(7), "struct nlattr"."""
    place = _ATTRIBUTES
    while place + _ATTRIBUTE.size <= len(message):
        length, kind = _ATTRIBUTE.unpack_from(message, place)
        if kind == _SKV6ONLY:
            return bool(message[place + _ATTRIBUTE.size])
        place += max(length + 3 & ~3, _ATTRIBUTE.size)
    return False


@contextlib.contextmanager
def _asked(diagnosis: socket.socket | None) -> Iterator[socket.socket]:
    """The socket; one of our own network where there is none. Raises OSError."""
    if diagnosis is not None:
        yield diagnosis
        return
    if sys.platform != "linux":
        raise OSError("sock_diag is Linux's")
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as one:
        yield one


def _answers(diagnosis: socket.socket, query: bytes, flags: int = 0) -> Iterator[bytes]:
    """What sock_diag answers to a query: one message, or with _DUMP all that fit.

    Raises OSError where it refuses, or knows of none.
    """
    header = _HEADER.pack(_HEADER.size + len(query), _SOCK_DIAG_BY_FAMILY, _REQUEST | flags, 1, 0)
    diagnosis.send(header + query)
    while True:
        data = diagnosis.recv(65536)
        while data:
            length, kind, _, _, _ = _HEADER.unpack_from(data)
            if kind == _ERROR:
                raise OSError("sock_diag refuses")
            if kind == _DONE:
                return
            yield data[_HEADER.size : length]
            data = data[(length + 3) & ~3 :]
        if not flags:
            return


def _listeners_of(pid: int, found: dict[int, Listener]) -> set[Listener]:
    """Those of the sockets that the process has open (proc(5), /proc/PID/fd)."""
    listeners = set()
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                kind, _, inode = str(descriptor.readlink()).partition(":[")
                if kind == "socket" and (listener := found.get(int(inode[:-1]))):
                    listeners.add(listener)
    return listeners


def family(pid: int) -> list[int]:
    """The process, and every one that it has started, directly or not.

    Linux is asked for each one's children (proc(5), /proc/PID/task/TID/children): in microseconds,
    where psutil looks at all processes of the machine.
    """
    found = [pid]
    if _CHILDREN.exists():
        for member in found:
            found += _children(member)
        return found
    import psutil  # seldom needed, and slow to import

    with contextlib.suppress(psutil.Error):
        found += [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return found


def _children(pid: int) -> Iterator[int]:
    """Those that the process has started itself; of a thread that ends meanwhile, none."""
    # A browser has hundreds of threads, and is asked at every turn: pathlib's objects would cost
    # the most of it.
    with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/task") as threads:
        for thread in threads:
            with contextlib.suppress(OSError), FileIO(f"{thread.path}/children") as file:
                yield from map(int, file.read().split())


def _listeners_by_psutil(pid: int) -> set[Listener]:
    import psutil

    with contextlib.suppress(psutil.Error):
        return {
            Listener(c.laddr.port, c.laddr.ip)
            for c in psutil.Process(pid).net_connections("tcp")
            if c.status == psutil.CONN_LISTEN
        }
    return set()
