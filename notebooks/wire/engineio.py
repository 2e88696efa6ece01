"""Engine.IO packets, revision 4 of the protocol: over a WebSocket, or by long-polling over HTTP.

    Packet(PacketType.MESSAGE, "hello").encode()  # "4hello", one text frame of a WebSocket
    encode_payload([PING, NOOP])  # "2\x1e6", the body of one HTTP request or response
    Open.parse(packet)  # what the server says first

The comments name sections of the protocol's document, engine.io-protocol/v4-current.md in
https://github.com/socketio/socket.io/tree/main/docs.
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from wire import WireError

SEPARATOR = "\x1e"  # between the packets of a payload: ASCII's record separator


class EngineIOError(WireError):
    """A packet or a payload that breaks the protocol."""


class PacketType(IntEnum):
    """What a packet is for; the digit that it begins with."""

    OPEN = 0
    CLOSE = 1
    PING = 2
    PONG = 3
    MESSAGE = 4
    UPGRADE = 5
    NOOP = 6


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. Raises EngineIOError for bytes in anything but a message."""

    type: PacketType
    data: str | bytes = ""

    def __post_init__(self) -> None:
        # "Packet encoding": what is binary has no digit for its type, which is always message.
        if isinstance(self.data, bytes) and self.type is not PacketType.MESSAGE:
            raise EngineIOError(f"bytes in a {self.type.name.lower()}; send them in a message")

    def encode(self) -> str | bytes:
        """What one WebSocket frame carries: a text frame for str, a binary one for bytes."""
        # "Packet encoding", "WebSocket": bytes go as they are, text after the digit of its type.
        return self.data if isinstance(self.data, bytes) else f"{self.type.value}{self.data}"

    def encode_as_text(self) -> str:
        """What a payload carries. Raises EngineIOError for a text with a separator in it."""
        if isinstance(self.data, bytes):
            # "Packet encoding", "HTTP long-polling": a body is text, so bytes are in base64 after
            # a b.
            return "b" + base64.b64encode(self.data).decode()
        # "From v3 to v4": it is assumed that no data has the separator in it. Socket.IO's never
        # has: JSON escapes it.
        if SEPARATOR in self.data:
            raise EngineIOError("a record separator in the data; escape it, or send bytes")
        return f"{self.type.value}{self.data}"

    @classmethod
    def decode(cls, encoded: str | bytes) -> "Packet":
        """The packet in a WebSocket frame, or in a part of a payload. Raises EngineIOError."""
        if isinstance(encoded, bytes):
            return cls(PacketType.MESSAGE, encoded)
        if encoded.startswith("b"):
            try:
                return cls(PacketType.MESSAGE, base64.b64decode(encoded[1:], validate=True))
            except ValueError:
                raise EngineIOError("what follows the b is not base64; encode it so") from None
        if not encoded:
            raise EngineIOError("an empty packet; begin it with the digit of its type")
        if encoded[0] not in _TYPES:
            raise EngineIOError(f"no packet begins with {encoded[0]!r}; use 0 to 6, or b")
        return cls(_TYPES[encoded[0]], encoded[1:])


_TYPES = {str(one.value): one for one in PacketType}

CLOSE = Packet(PacketType.CLOSE)
PING = Packet(PacketType.PING)
NOOP = Packet(PacketType.NOOP)

# "Upgrade": a client stops polling, opens a WebSocket and sends PROBE there; the server answers
# PROBED there, and NOOP to a poll that still waits; the client sends UPGRADE, and goes on there.
PROBE = Packet(PacketType.PING, "probe")
PROBED = Packet(PacketType.PONG, "probe")
UPGRADE = Packet(PacketType.UPGRADE)


def pong(ping: Packet) -> Packet:
    """The answer to a ping: a client's heartbeat, or a server's word to a probe.

    Raises EngineIOError where the packet is no ping.
    """
    if ping.type is not PacketType.PING:
        raise EngineIOError(f"a pong to a {ping.type.name.lower()}; answer pings only")
    # "Heartbeat", "Upgrade": a pong carries what the ping did, nothing or the word probe.
    return Packet(PacketType.PONG, ping.data)


def encode_payload(packets: Iterable[Packet]) -> str:
    """The body of one HTTP request or response. Raises EngineIOError where there is no packet."""
    encoded = [packet.encode_as_text() for packet in packets]
    if not encoded:
        raise EngineIOError("a payload without packets; send a noop where there is nothing to say")
    return SEPARATOR.join(encoded)


def decode_payload(payload: str) -> list[Packet]:
    """The packets in the body of an HTTP request or response. Raises EngineIOError."""
    return [Packet.decode(encoded) for encoded in payload.split(SEPARATOR)]


@dataclass(frozen=True, slots=True)
class Open:
    """What the open packet says: the first of a session, sent by the server.

    sid: the session's id, which every further request names.
    upgrades: the transports that the client may change to.
    ping_interval: milliseconds from one ping of the server to its next.
    ping_timeout: milliseconds that the client has for its pong.
    max_payload: bytes that one payload may have.
    """

    sid: str
    upgrades: tuple[str, ...]
    ping_interval: float
    ping_timeout: float
    max_payload: float

    def packet(self) -> Packet:
        """The packet that says so."""
        said = {
            "sid": self.sid,
            "upgrades": self.upgrades,
            "pingInterval": self.ping_interval,
            "pingTimeout": self.ping_timeout,
            "maxPayload": self.max_payload,
        }
        return Packet(PacketType.OPEN, json.dumps(said, separators=(",", ":")))

    @classmethod
    def parse(cls, packet: Packet) -> "Open":
        """What this packet says; keys that are not known are passed over. Raises EngineIOError."""
        if packet.type is not PacketType.OPEN:
            raise EngineIOError(f"a {packet.type.name.lower()} comes first; send open before it")
        try:
            said = json.loads(packet.data)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise EngineIOError("the open packet holds no JSON object; send one")
        # "Handshake": each of the five has its type.
        upgrades = _of(said, "upgrades", (list,), "a list")
        if not all(isinstance(one, str) for one in upgrades):
            raise EngineIOError("upgrades in the open packet holds more than names; send texts")
        sid = _of(said, "sid", (str,), "a text")
        numbers = (_of(said, key, (int, float), "a number") for key in _NUMBERS)
        return cls(sid, tuple(upgrades), *numbers)


_NUMBERS = ("pingInterval", "pingTimeout", "maxPayload")


def _of(said: dict[str, Any], key: str, types: tuple[type, ...], name: str) -> Any:
    if type(said.get(key)) not in types:  # its very type, because to Python a bool is an int
        raise EngineIOError(f"{key} in the open packet is not {name}; send one")
    return said[key]
