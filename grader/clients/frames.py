"""HTTP heads and WebSocket frames as bytes: what a client sends, right or wrong, and what comes.

No I/O and no state. The source is RFC 6455; sections are its own where nothing else is said.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # 1.3
SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # 1.3
LONGEST_HEAD = 2**16  # bytes
LARGEST_FRAME = 2**22  # bytes

# What may be wrong with a server's bytes, where the mistake is known by it.
MASKED = "is masked; only a client masks (RFC 6455, 5.1)"
BARE_NEWLINES = "ends its lines with \\n; in HTTP they end with \\r\\n (RFC 9112, 2.1)"
NO_BLANK_LINE = "has no blank line after it, which ends a head of HTTP (RFC 9112, 2.1)"
LONG_FORM = "writes its length in more bytes than it needs (RFC 6455, 5.2)"
NOT_WHOLE = "is not a whole frame; the rest of it did not come (RFC 6455, 5.2)"

_BLANK = b"\r\n\r\n"


class Opcode(IntEnum):
    """What a frame is (5.2)."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class MalformedError(ValueError):
    """What the server sent breaks the protocol: `what` came, and `why` it must not."""

    def __init__(self, what: str, why: str, data: bytes = b"") -> None:
        """`data` is what came, from its beginning, where that may tell more than `what`."""
        super().__init__(f"{what}: {why}")
        self.what = what
        self.why = why
        self.data = data


@dataclass(frozen=True, slots=True)
class Sending:
    """Bytes that a client sends, and how the history calls them."""

    event: str
    args: tuple[Any, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """The head of an HTTP response: headers of the same name are joined by commas."""

    status: int
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that has come whole."""

    final: bool
    opcode: Opcode
    payload: bytes


def accept_of(key: str) -> str:
    """The Sec-WebSocket-Accept that answers a key (4.2.2)."""
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


def upgrade(key: str = SAMPLE_KEY, **others: str | None) -> dict[str, str]:
    """The headers of a valid upgrade, `others` in their place or beside them; None: left out.

    In a name `_` stands for `-`.
    """
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    }
    changed = headers | {name.replace("_", "-"): value for name, value in others.items()}
    return {name: value for name, value in changed.items() if value is not None}


def get(headers: Mapping[str, str], path: str = "/") -> Sending:
    """A GET request with these headers, in this order; Host comes first."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return Sending(f"GET {path}", (dict(headers),), "\r\n".join((*lines, "", "")).encode())


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    final: bool = True,
    reserved: int = 0,
    masked: bool = True,
) -> bytes:
    """A frame as a client sends it (5.2), or, where it is not masked, as none may."""
    short, long = _length(len(payload))
    head = bytes([final << 7 | reserved << 4 | opcode, masked << 7 | short]) + long
    if not masked:
        return head + payload
    # Seven bits each: an ASCII text that a server fails to unmask is a text still, and shown.
    key = bytes(byte & 0x7F for byte in hashlib.sha1(payload).digest()[:4])
    return head + key + mask(payload, key)


def mask(payload: bytes, key: bytes) -> bytes:
    """The payload masked, or unmasked: it is the same (5.3)."""
    size = len(payload)
    keys = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(keys)).to_bytes(size)


def text(message: str) -> Sending:
    """A text in one frame."""
    return Sending("text", (message,), frame(Opcode.TEXT, message.encode()))


def fragments(message: str | bytes, *cuts: int) -> list[Sending]:
    """A text, or a binary message, in fragments (5.4), cut at these of its bytes; a cut that comes
    twice makes an empty one.
    """
    kind, data = (
        (Opcode.TEXT, message.encode()) if isinstance(message, str) else (Opcode.BINARY, message)
    )
    name = kind.name.lower()
    parts = [data[start:end] for start, end in pairwise((0, *cuts, len(data)))]
    last = len(parts) - 1
    return [
        Sending(
            f"{name}, fragment {i + 1} of {last + 1}" if last else name,
            (readable(part) if kind is Opcode.TEXT else part,),
            frame(Opcode.CONTINUATION if i else kind, part, final=i == last),
        )
        for i, part in enumerate(parts)
    ]


def ping(payload: bytes = b"") -> Sending:
    """A ping (5.5.2)."""
    return Sending("ping", (readable(payload),), frame(Opcode.PING, payload))


def binary(message: bytes) -> Sending:
    """A binary message in one frame."""
    return Sending("binary", (message,), frame(Opcode.BINARY, message))


def close(code: int | None = None, reason: bytes = b"") -> Sending:
    """A close with a code and a reason, or with neither (5.5.1)."""
    told = [] if code is None else [code]
    payload = b"".join(one.to_bytes(2) for one in told) + reason
    return Sending(
        "close", (*told, *([readable(reason)] if reason else [])), frame(Opcode.CLOSE, payload)
    )


def take_response(buffer: bytearray) -> Response | None:
    """Take the head of a response from the buffer; None where it is not whole yet.

    Raises MalformedError where it can be none.
    """
    head, blank, _ = bytes(buffer[:LONGEST_HEAD]).partition(_BLANK)
    if not blank:
        if b"\n\n" in head:
            raise MalformedError(_beginning(head), BARE_NEWLINES)
        if len(head) == LONGEST_HEAD:
            raise MalformedError(_beginning(head), "does not come to an end")
        return None
    del buffer[: len(head) + len(_BLANK)]
    status, *lines = head.decode("latin-1").split("\r\n")
    version, code, *_ = [*status.split(" "), "", ""]
    if not version.startswith("HTTP/1.") or not (len(code) == 3 and code.isdecimal()):
        raise MalformedError(_beginning(head), "is no HTTP response (RFC 9112, 4)")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise MalformedError(repr(line), "is no header, which is “name: value” (RFC 9112, 5)")
        known = next((one for one in headers if one.lower() == name.lower()), None)
        if known:
            headers[known] += f", {value.strip()}"
        else:
            headers[name] = value.strip()
    return Response(int(code), headers)


def take_frame(buffer: bytearray) -> Frame | None:
    """Take a frame of a server's from the buffer; None where it is not whole yet.

    Raises MalformedError where no server may send it.
    """
    if len(buffer) < 2:
        return None
    final, reserved, code = buffer[0] >> 7, buffer[0] >> 4 & 0x7, buffer[0] & 0xF
    masked, length = buffer[1] >> 7, buffer[1] & 0x7F
    if code not in list(Opcode) or reserved:
        what = f"a frame that begins with {bytes(buffer[:2]).hex(' ')}"
        why = "has a reserved bit set" if reserved else f"has the reserved opcode {code:X}"
        raise MalformedError(what, f"{why} (RFC 6455, 5.2)")
    opcode = Opcode(code)
    what = f"a {opcode.name.lower()} frame"
    if masked:
        raise MalformedError(what, MASKED)
    if opcode >= Opcode.CLOSE and (length > 125 or not final):
        why = "is longer than 125 bytes" if length > 125 else "is a fragment"
        raise MalformedError(what, f"{why}, and a control frame must not (RFC 6455, 5.5)")
    start = 2 + {126: 2, 127: 8}.get(length, 0)
    if len(buffer) < start:
        return None
    if start > 2:
        length = int.from_bytes(buffer[2:start])
        if length < (126 if start == 4 else 2**16):
            what = f"a {opcode.name.lower()} frame with the length {length:,}"
            raise MalformedError(what, LONG_FORM, bytes(buffer[:LONGEST_HEAD]))
    if length > LARGEST_FRAME:
        why = f"says that it is {length:,} bytes long (RFC 6455, 5.2)"
        raise MalformedError(what, why, bytes(buffer[:LONGEST_HEAD]))
    if len(buffer) < start + length:
        return None
    payload = bytes(buffer[start : start + length])
    del buffer[: start + length]
    return Frame(bool(final), opcode, payload)


def unfinished(buffer: bytearray, *, upgraded: bool) -> MalformedError:
    """What to say of bytes after which nothing more comes."""
    what, data = _beginning(bytes(buffer)), bytes(buffer[:LONGEST_HEAD])
    return MalformedError(what, NOT_WHOLE if upgraded else NO_BLANK_LINE, data)


def chunks(data: bytes, cuts: tuple[int, ...]) -> Iterator[bytes]:
    """The data, cut at these places."""
    return (data[start:end] for start, end in pairwise((0, *cuts, len(data))))


def _length(size: int) -> tuple[int, bytes]:
    """The 7 bits of a length, and the bytes that follow them (5.2)."""
    if size < 126:
        return size, b""
    return (126, size.to_bytes(2)) if size < 2**16 else (127, size.to_bytes(8))


def readable(data: bytes) -> str | bytes:
    """The bytes as text where they are."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def _beginning(data: bytes) -> str:
    return repr(data[:100]) + (" …" if len(data) > 100 else "")
