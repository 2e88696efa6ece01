"""The host's end of the control socket: lines of JSON, and descriptors beside them."""

import array
import contextlib
import json
import socket
from collections.abc import Sequence
from typing import Any

_SIZE = array.array("i").itemsize
_MOST = 16  # descriptors that come with one piece


class Control:
    """Reads requests and sends answers. `descriptors` are those that came and are not taken yet."""

    def __init__(self, end: socket.socket) -> None:
        self.descriptors: list[int] = []
        self._end = end
        self._buffer = b""

    def fileno(self) -> int:
        """What select(2) waits for."""
        return self._end.fileno()

    def close(self) -> None:
        """Let it go."""
        self._end.close()

    def send(self, message: dict[str, Any], sockets: Sequence[socket.socket] = ()) -> None:
        """Send a message, and sockets of which our copies are closed."""
        with contextlib.suppress(OSError):  # the grader is gone: the next read says so
            hand_over(self._end, json.dumps(message).encode() + b"\n", list(sockets))

    def receive(self) -> list[dict[str, Any]] | None:
        """The requests that have come, or None at the end of the socket."""
        try:
            data, ancillary, _, _ = self._end.recvmsg(65536, socket.CMSG_SPACE(_MOST * _SIZE))
        except OSError:
            return None
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                received = array.array("i")
                received.frombytes(payload[: len(payload) - len(payload) % _SIZE])
                self.descriptors.extend(received)
        if not data:
            return None
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [json.loads(line) for line in lines]


def hand_over(door: socket.socket, data: bytes, sockets: list[socket.socket]) -> None:
    """Send data and sockets, and close our copies."""
    descriptors = array.array("i", [one.fileno() for one in sockets])
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)] if sockets else []
    try:
        sent = door.sendmsg([data], ancillary)
        door.sendall(data[sent:])
    finally:
        for one in sockets:
            one.close()
