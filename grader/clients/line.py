"""What clients need to know of the server that they talk to, and of the check around them."""

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from grader.history.conversation import Conversation
from grader.history.patience import Patience
from grader.servers.world import MACHINE, World

BARRIER = "/barrier-"  # a namespace, or a text, that begins so is the grader's own


@dataclass(frozen=True)
class Line:
    """A way to one server, where all that is said on it is recorded, and how long to wait.

    `hopeless` says whether anything has happened after which nothing need be awaited; `world` is
    the network of the server.
    """

    url: str
    conversation: Conversation
    patience: Callable[[], Patience]
    hopeless: Callable[[], bool] = lambda: False
    world: World = MACHINE


def end_with_a_reset(connected: socket.socket) -> None:
    """Let the end of a connection be a reset: it leaves no port in TIME_WAIT (RFC 9293, 3.6)."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
