"""Socket.IO's packets as the library decodes them, and handed on in the order of the wire.

What is no packet of the protocol is told once, in whatever place the library would trip over it.
The source is the Socket.IO protocol, revision 5, "Packet encoding".
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
from socketio.packet import (
    ACK,
    BINARY_ACK,
    BINARY_EVENT,
    CONNECT,
    CONNECT_ERROR,
    DISCONNECT,
    EVENT,
    Packet,
)

from grader.history.blame import is_ours

EVENTS = (EVENT, BINARY_EVENT)
ACKS = (ACK, BINARY_ACK)

_TYPES = (*EVENTS, *ACKS, CONNECT, CONNECT_ERROR, DISCONNECT)

# What a server that can recover connections appends to an event, as yeast makes it of the time.
_OFFSET = re.compile(r"[\w-]{7,8}(\.[\w-]+)?")

# What the library throws at something that is no packet.
UNDECODABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)

Handler = Callable[[Any], Awaitable[None]]


def arguments(packet: Packet, *, recovers: bool) -> tuple[Any, ...]:
    """The payload of an event, as its handlers take it.

    `recovers`: the server has given the client a private id when it let it in. An offset then
    stands after the last argument, by which a client says what it has heard: no handler looks at
    it. The source is "Connection state recovery" of Socket.IO's documentation, v4.6.
    """
    _, *args = packet.data
    offset = recovers and bool(args) and isinstance(args[-1], str) and _OFFSET.fullmatch(args[-1])
    return tuple(args[:-1] if offset else args)


def recovers(connect: Packet) -> bool:
    """Whether a server that lets a client in with this CONNECT can recover its connection."""
    return isinstance(connect.data, dict) and "pid" in connect.data


def sid_of(connect: Packet) -> str:
    """The socket id with which a CONNECT confirms a connection; "" where it has none."""
    sid = connect.data.get("sid") if isinstance(connect.data, dict) else None
    return sid if isinstance(sid, str) else ""


class MalformedPacketError(ValueError):
    """What the server sent is no Socket.IO packet."""


def recording_packets(take: Callable[[Packet], None]) -> type[Packet]:
    """A packet class that hands every decoded packet to `take`, in the order of the wire."""

    class RecordingPacket(Packet):  # type: ignore[misc]
        def decode(self, encoded_packet: str) -> int:
            try:
                attachments: int = super().decode(encoded_packet) or 0
                if wrong := _wrong(self):
                    raise ValueError(wrong)
            except UNDECODABLE as error:
                raise MalformedPacketError(str(error)) from error
            if not attachments:
                take(self)
            return attachments

        def add_attachment(self, attachment: bytes) -> bool:
            try:
                complete: bool = super().add_attachment(attachment)
            except UNDECODABLE as error:
                raise MalformedPacketError(str(error)) from error
            if complete:
                take(self)
            return complete

    return RecordingPacket


def own_its_errors(
    sio: socketio.AsyncClient,
    malformed: Callable[[str, Exception], None],
    failed: Callable[[Exception], None],
) -> None:
    """From now on report every error that the client raises while it handles a message.

    `malformed` is called with the message and the error where the message is to blame, as nothing
    else makes the library throw; `failed` with an error of the grader's own.
    """
    handle: Handler = sio.eio.handlers["message"]

    async def handled(message: Any) -> None:
        try:
            await handle(message)
        except MalformedPacketError as error:
            malformed(repr(message), error)
        except Exception as error:
            if is_ours(error, outside=__file__):
                failed(error)
            else:
                malformed(repr(message), error)

    sio.eio.on("message", handled)


def message_of(data: Any) -> str:
    """The text of a CONNECT_ERROR: its `message`, or whatever came instead."""
    message = data.get("message") if isinstance(data, dict) else data
    return str(message or "connection refused")


def _wrong(packet: Packet) -> str:
    """What is wrong with a packet whose JSON is right; "" where nothing is."""
    data = packet.data
    if packet.packet_type not in _TYPES:
        return "there is no such type of packet"
    if packet.packet_type in EVENTS and not (
        isinstance(data, list) and data and isinstance(data[0], str)
    ):
        return "an event is an array that begins with its name"
    if packet.packet_type in ACKS and not (isinstance(data, list) and packet.id is not None):
        return "an acknowledgement is an array with a number before it"
    if packet.packet_type == CONNECT and not isinstance(data, dict | None):
        return "what confirms a connection is an object"
    # Today's client refuses it (socket.io-client, Socket.onpacket).
    if packet.packet_type == CONNECT and not sid_of(packet):
        return "a connection is confirmed with a socket id; Socket.IO 2 sends none"
    if packet.packet_type == CONNECT and not (data["sid"].isascii() and data["sid"].isprintable()):
        return "a socket id is of printable ASCII characters"
    return ""
