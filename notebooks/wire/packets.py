"""Socket.IO packets, revision 5 of the protocol, each the data of one or more Engine.IO messages.

    text, *attachments = event("file", b"\x01").encode()
    # '51-["file",{"_placeholder":true,"num":0}]' and one attachment, b"\x01"

    decoder = Decoder()
    packet = decoder.feed(text)  # None until all attachments have been fed, too

The comments name sections of the protocol's document, socket.io-protocol/v5-current.md in
https://github.com/socketio/socket.io/tree/main/docs.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NoReturn

from wire import WireError

MOST_ATTACHMENTS = 100  # of one packet, where a decoder is not told otherwise

# "Format": type, number of attachments, namespace, acknowledgement id, JSON. A comma ends the
# namespace; where nothing follows, it is often left off. JavaScript counts exactly to 15 digits.
_FORMAT = re.compile(
    r"""(?P<type>[0-6])
        (?:(?P<attachments>[0-9]{1,15})-)?
        (?:(?P<namespace>/[^,]*)(?:,|$))?
        (?P<id>[0-9]{1,15})?
        (?P<json>.*)""",
    re.VERBOSE | re.DOTALL,
)


class PacketError(WireError):
    """A packet that breaks the protocol."""


class PacketType(IntEnum):
    """What a packet is for; the digit that it begins with."""

    CONNECT = 0
    DISCONNECT = 1
    EVENT = 2
    ACK = 3
    CONNECT_ERROR = 4
    BINARY_EVENT = 5
    BINARY_ACK = 6

    @property
    def is_binary(self) -> bool:
        """Whether attachments follow, and the data has bytes in it."""
        return self >= PacketType.BINARY_EVENT


_EVENTS = {PacketType.EVENT, PacketType.BINARY_EVENT}
_ACKS = {PacketType.ACK, PacketType.BINARY_ACK}


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet, its attachments in their places in the data. Raises PacketError.

    data: a value of JSON, in the binary types with bytes in it; None where there is none.
    id: 0 or more: what an event asks to be acknowledged with, and its acknowledgement repeats.
    """

    type: PacketType
    data: Any = None
    namespace: str = "/"
    id: int | None = None

    def __post_init__(self) -> None:
        # "Format": a namespace has no comma, because a comma ends it.
        if not re.fullmatch("/[^,]*", self.namespace):
            raise PacketError(f"{self.namespace!r} is no namespace; begin with /, use no comma")
        _check_data(self.type, self.data)
        # "Acknowledgement": an event may have an id, which its acknowledgement repeats.
        name = self.type.name.lower()
        if self.id is None and self.type in _ACKS:
            raise PacketError(f"{name} without an id; repeat the event's")
        if self.id is not None and self.type not in _EVENTS | _ACKS:
            raise PacketError(f"{name} with an id; only events are acknowledged")
        if self.id is not None and not 0 <= self.id < 10**15:
            raise PacketError(f"{self.id} is no id; count from 0, in up to 15 digits")

    def encode(self) -> tuple[str, *tuple[bytes, ...]]:
        """The text of one Engine.IO message, then the bytes of those that must follow it.

        Raises PacketError for what JSON has not, and for an object beside bytes that would be
        taken for a placeholder.
        """
        attachments: list[bytes] = []
        data = self.data
        with _json_or("data that JSON has not; send texts, numbers, lists and objects"):
            if self.type.is_binary:
                data = _replaced(data, lambda value: _taken_out(value, attachments))
            # Not a number is no number of JSON either.
            written = json.dumps(data, separators=(",", ":"), allow_nan=False)
        # "Format": the number of attachments, only where there are some; the namespace, only where
        # it is not the main one; the id, where there is one; JSON, where there is data.
        count = f"{len(attachments)}-" if attachments else ""
        namespace = "" if self.namespace == "/" else f"{self.namespace},"
        number = "" if self.id is None else self.id
        text = f"{self.type.value}{count}{namespace}{number}{'' if data is None else written}"
        return text, *attachments


def event(name: str, *args: Any, namespace: str = "/", ack_id: int | None = None) -> Packet:
    """An event with these arguments, a binary one where bytes are among them. Raises PacketError.

    ack_id: what it is to be acknowledged with, where it is to be.
    """
    data = [name, *args]
    kind = PacketType.BINARY_EVENT if _has_bytes(data) else PacketType.EVENT
    return Packet(kind, data, namespace, ack_id)


def ack(answered: Packet, *args: Any) -> Packet:
    """The acknowledgement of an event. Raises PacketError where that did not ask for one."""
    kind = PacketType.BINARY_ACK if _has_bytes(args) else PacketType.ACK
    return Packet(kind, [*args], answered.namespace, answered.id)


class Decoder:
    """Reads packets from the data of Engine.IO messages, fed one after another.

    most: attachments of one packet, at most.
    """

    def __init__(self, most: int = MOST_ATTACHMENTS) -> None:
        self._most = most
        self._begun: _Encoded | None = None
        self._attachments: list[bytes] = []

    def feed(self, data: str | bytes) -> Packet | None:
        """The packet that this completes; None where attachments are to follow.

        Raises PacketError; the packet is then dropped, and another may be fed.
        """
        begun, self._begun = self._begun, None
        # "Format": the attachments come after their packet, with nothing in between.
        if isinstance(data, bytes):
            if begun is None:
                raise PacketError("an attachment of no packet; announce it in one before")
            self._attachments.append(data)
        elif begun is not None:
            raise PacketError("a packet before all attachments of another came; send those first")
        else:
            begun, self._attachments = _Encoded.parse(data, self._most), []
        if len(self._attachments) < begun.attachments:
            self._begun = begun
            return None
        return begun.packet(self._attachments)


@dataclass(frozen=True, slots=True)
class _Encoded:
    """What the text of a packet says, placeholders in its data."""

    type: PacketType
    attachments: int
    namespace: str
    id: int | None
    data: Any

    @classmethod
    def parse(cls, text: str, most: int) -> "_Encoded":
        found = _FORMAT.fullmatch(text)
        if not found:
            raise PacketError(f"no packet begins with {text[:1]!r}; use 0 to 6")
        kind, attachments = PacketType(int(found["type"])), int(found["attachments"] or 0)
        name = kind.name.lower()
        # "Format": attachments are those of a binary packet, which has one at least.
        if attachments and not kind.is_binary:
            raise PacketError(f"attachments of {name}; only binary_event and binary_ack have any")
        if kind.is_binary and not attachments:
            raise PacketError(f"{name} without attachments; send {name.removeprefix('binary_')}")
        if attachments > most:
            raise PacketError(f"{attachments} attachments; send at most {most}")
        number = None if found["id"] is None else int(found["id"])
        return cls(kind, attachments, found["namespace"] or "/", number, _from_json(found["json"]))

    def packet(self, attachments: list[bytes]) -> Packet:
        data = self.data
        if attachments:
            with _json_or("data nested too deeply; send flatter data"):
                data = _replaced(data, lambda value: _put_in(value, attachments))
        return Packet(self.type, data, self.namespace, self.id)


def _check_data(kind: PacketType, data: Any) -> None:
    """Raise PacketError for data that this type of packet does not carry."""
    match kind:
        case PacketType.CONNECT:
            # "Connection to a namespace": with a payload, or without.
            fits, wanted = data is None or isinstance(data, dict), "an object, or nothing"
        case PacketType.DISCONNECT:
            # "Disconnection from a namespace": nothing but the namespace.
            fits, wanted = data is None, "nothing"
        case PacketType.CONNECT_ERROR:
            # "Connection to a namespace": an object with a message. Servers in use send a text,
            # too, as revision 4 had it.
            fits, wanted = isinstance(data, (dict, str)), "an object"
        case PacketType.ACK | PacketType.BINARY_ACK:
            # "Acknowledgement": an array, which may be empty.
            fits, wanted = isinstance(data, list), "a list"
        case _:
            # "Sending and receiving data": an array that is not empty. Its first is the name.
            fits = isinstance(data, list) and bool(data) and isinstance(data[0], str)
            wanted = "a list that begins with a name"
    if not fits:
        raise PacketError(f"{kind.name.lower()} carries {wanted}; this is {type(data).__name__}")
    if _has_bytes(data) is not kind.is_binary:
        wanted = "has no bytes" if kind.is_binary else "has bytes"
        raise PacketError(f"{kind.name.lower()} that {wanted}; binary_event and binary_ack do")


@contextmanager
def _json_or(fault: str) -> Iterator[None]:
    """Raise PacketError with this text where Python's json gives up."""
    try:
        yield
    except (TypeError, ValueError, RecursionError):
        raise PacketError(fault) from None


def _from_json(text: str) -> Any:
    if not text:
        return None
    with _json_or("the data is not JSON, or nested too deeply; send JSON"):
        return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity, which Python reads and JSON has not


def _has_bytes(value: Any) -> bool:
    found: list[bytes] = []
    with _json_or("data nested too deeply; send flatter data"):
        _replaced(value, lambda one: found.append(one) if isinstance(one, bytes) else one)
    return bool(found)


def _taken_out(value: Any, attachments: list[bytes]) -> Any:
    """A placeholder for bytes, which join the attachments; all else as it is."""
    if isinstance(value, bytes):
        # "Sending and receiving data": a placeholder has the number of its attachment, from 0.
        attachments.append(value)
        return {"_placeholder": True, "num": len(attachments) - 1}
    if _is_placeholder(value):
        raise PacketError("an object that looks like a placeholder; name its keys otherwise")
    return value


def _put_in(value: Any, attachments: list[bytes]) -> Any:
    """An attachment for its placeholder; all else as it is."""
    if not _is_placeholder(value):
        return value
    number = value.get("num")
    if type(number) is not int or not 0 <= number < len(attachments):
        raise PacketError(f"a placeholder for attachment {number!r}; count from 0")
    return attachments[number]


def _is_placeholder(value: Any) -> bool:
    return isinstance(value, dict) and value.get("_placeholder") is True


def _replaced(value: Any, replace: Callable[[Any], Any]) -> Any:
    """A copy of the value in which each one inside is what `replace` makes of it."""
    value = replace(value)
    if isinstance(value, dict):
        return {key: _replaced(one, replace) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replaced(one, replace) for one in value]
    return value
