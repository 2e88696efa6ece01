"""TCP ports: a free one to hand out, and who listens where.

Linux is asked through its socket diagnosis (sock_diag(7)), which looks at the listening sockets
alone and answers in microseconds; elsewhere, and where the kernel has none, psutil tells.
"""

import contextlib
import itertools
import random
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

# Below the ranges from which Linux (32768-60999) and macOS (49152-65535) take the ports of
# outgoing connections, so that no client's own port is in a server's way.
FIRST, LAST = 20_000, 32_000

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


def unread(server: int, client: int) -> int | None:
    """Bytes that have come from port `client` of 127.0.0.1 to port `server`, and wait to be read.

    None where that cannot be seen.
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
        return next((_UNREAD.unpack_from(message)[0] for message in _answers(query)), None)
    except OSError:
        return None


def listening(pid: int, *, children: bool) -> set[int]:
    """The TCP ports on which process `pid` listens, or, if asked for, a process it started."""
    family = [pid, *(_children(pid) if children else ())]
    try:
        inodes = {inode: port for f in _FAMILIES for inode, port in _dump(f)}
    except OSError:
        return set().union(*map(_ports_by_psutil, family))
    return set().union(*(_ports_of(member, inodes) for member in family)) if inodes else set()


def _dump(family: int) -> list[tuple[int, int]]:
    """(inode, port) of every listening TCP socket of the family.

    Raises OSError where there is no sock_diag, or none for TCP.
    """
    if sys.platform != "linux":
        raise OSError("sock_diag is Linux's")
    query = _QUERY.pack(family, socket.IPPROTO_TCP, 0, 0, _LISTEN, b"", b"", b"", b"", b"")
    return [
        (_INODE.unpack_from(message)[0], _PORT.unpack_from(message)[0])
        for message in _answers(query, _DUMP)
    ]


def _answers(query: bytes, flags: int = 0) -> Iterator[bytes]:
    """What sock_diag answers to a query: one message, or with _DUMP all that fit.

    Raises OSError where it refuses, or knows of none.
    """
    header = _HEADER.pack(_HEADER.size + len(query), _SOCK_DIAG_BY_FAMILY, _REQUEST | flags, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as diagnosis:
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


def _ports_of(pid: int, inodes: dict[int, int]) -> set[int]:
    """The ports of those sockets that the process has open (proc(5), /proc/PID/fd)."""
    ports = set()
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                kind, _, inode = str(descriptor.readlink()).partition(":[")
                if kind == "socket" and (port := inodes.get(int(inode[:-1]))):
                    ports.add(port)
    return ports


def _children(pid: int) -> list[int]:
    """Every process that `pid` has started, directly or not."""
    import psutil  # seldom needed, and slow to import

    with contextlib.suppress(psutil.Error):
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return []


def _ports_by_psutil(pid: int) -> set[int]:
    import psutil

    with contextlib.suppress(psutil.Error):
        return {
            c.laddr.port
            for c in psutil.Process(pid).net_connections("tcp")
            if c.status == psutil.CONN_LISTEN
        }
    return set()
