"""WebSocket frames, as values and as bytes (RFC 6455, 5 to 8); `frame_parser` reads them.

    Frame(Opcode.TEXT, b"Hello").serialise(fresh_key())  # what a client sends
    Message("Hello").frames(size=2)  # the same message in three fragments
    Close(CloseCode.NORMAL, "bye").frame()

A value that breaks the rules cannot be made. No extension is known. Numbers in the comments are
sections of the RFC.
"""

import secrets
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from wire import WireError

FIN, RESERVED, OPCODE = 0b1000_0000, 0b0111_0000, 0b0000_1111  # of a frame's first byte
MASKED, LENGTH = 0b1000_0000, 0b0111_1111  # of its second byte
IN_TWO_BYTES, IN_EIGHT_BYTES = 126, 127  # lengths that say where the length is (5.2)
LARGEST_CONTROL = 125  # bytes of a control frame's payload (5.5)


class Opcode(IntEnum):
    """What a frame carries (5.2)."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA

    @property
    def is_control(self) -> bool:
        """Whether it is about the connection, and may come between the frames of a message."""
        return self >= Opcode.CLOSE


class CloseCode(IntEnum):
    """Why a connection ends (7.4.1, and 1012 to 1014 as registered with IANA since)."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS = 1005
    ABNORMAL = 1006
    INVALID_DATA = 1007
    POLICY_VIOLATION = 1008
    TOO_BIG = 1009
    MISSING_EXTENSION = 1010
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_GATEWAY = 1014
    TLS_FAILED = 1015


_REGISTERED = frozenset(CloseCode)
_UNSENT = {CloseCode.NO_STATUS, CloseCode.ABNORMAL, CloseCode.TLS_FAILED}


class FrameError(WireError):
    """A frame that breaks the rules; `code` is what the connection is closed with."""

    code: ClassVar[CloseCode]


class ProtocolError(FrameError):
    """A frame that is malformed, or comes where none of its kind may."""

    code = CloseCode.PROTOCOL_ERROR


class InvalidTextError(FrameError):
    """A text, or the reason of a close, that is not UTF-8 (8.1)."""

    code = CloseCode.INVALID_DATA


class TooBigError(FrameError):
    """A message that is larger than the reader takes (7.4.1)."""

    code = CloseCode.TOO_BIG


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame that obeys the rules, its payload unmasked. Raises FrameError where it does not.

    fin: whether it is the last, or the only, frame of its message.
    """

    opcode: Opcode
    payload: bytes = b""
    fin: bool = True

    def __post_init__(self) -> None:
        check_control(self.opcode, self.fin, len(self.payload))
        if self.opcode is Opcode.CLOSE:
            Close.parse(self.payload)

    def serialise(self, key: bytes | None = None) -> bytes:
        """The frame as bytes: a client's is masked with a key of 4 bytes, a server's never (5.1).

        Raises ValueError for a key of another length.
        """
        first = (FIN if self.fin else 0) | self.opcode
        masked = 0 if key is None else MASKED
        length = len(self.payload)
        # 5.2: the length takes 7 bits, 2 bytes or 8 bytes, whichever is the least that holds it,
        # the byte of the highest value first.
        if length < IN_TWO_BYTES:
            header = struct.pack("!BB", first, masked | length)
        elif length < 2**16:
            header = struct.pack("!BBH", first, masked | IN_TWO_BYTES, length)
        else:
            header = struct.pack("!BBQ", first, masked | IN_EIGHT_BYTES, length)
        if key is None:
            return header + self.payload
        return header + key + mask(self.payload, key)


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message: str was sent as text, bytes as binary."""

    data: str | bytes

    def frames(self, size: int | None = None) -> list[Frame]:
        """The message in frames of at most `size` bytes of payload; in one, where that is None.

        Raises ValueError for a size below 1, and UnicodeEncodeError, which is one, for a text
        with an unpaired surrogate.
        """
        if size is not None and size < 1:
            raise ValueError(f"frames of {size} bytes carry nothing; let them have 1 or more")
        text = isinstance(self.data, str)
        payload = self.data.encode() if isinstance(self.data, str) else self.data
        size = size or len(payload) or 1
        # 5.4: the first frame says what the message is, the rest continue it, the last has FIN.
        # A text may be cut anywhere, inside a character too (5.6).
        starts = range(0, len(payload), size) or range(1)
        return [
            Frame(
                Opcode.CONTINUATION if start else Opcode.TEXT if text else Opcode.BINARY,
                payload[start : start + size],
                fin=start == starts[-1],
            )
            for start in starts
        ]


@dataclass(frozen=True, slots=True)
class Close:
    """What a close frame says; NO_STATUS stands for one that says nothing (7.1.5).

    Raises ProtocolError for a code that must not be sent, and for a reason without a code.
    """

    code: int = CloseCode.NO_STATUS
    reason: str = ""

    def __post_init__(self) -> None:
        if self.code == CloseCode.NO_STATUS:
            # 5.5.1: a reason stands after a code, never alone.
            if self.reason:
                raise ProtocolError("a reason without a code; give the close a code")
        else:
            _check_code(self.code)

    @classmethod
    def parse(cls, payload: bytes) -> "Close":
        """What this payload of a close frame says. Raises ProtocolError, InvalidTextError."""
        if not payload:
            return cls()
        # 5.5.1: where there is a body, it begins with a code of two bytes.
        if len(payload) == 1:
            raise ProtocolError("a close of 1 byte; give it a code of 2 bytes, or nothing")
        code = int.from_bytes(payload[:2])
        _check_code(code)
        try:
            # 5.5.1: what follows the code is text in UTF-8.
            reason = payload[2:].decode()
        except UnicodeDecodeError:
            raise InvalidTextError("the reason of a close is not UTF-8; encode it so") from None
        return cls(CloseCode(code) if code in _REGISTERED else code, reason)

    def frame(self) -> Frame:
        """The close frame. Raises ProtocolError where the reason has more than 123 bytes."""
        if self.code == CloseCode.NO_STATUS:
            return Frame(Opcode.CLOSE)
        return Frame(Opcode.CLOSE, self.code.to_bytes(2) + self.reason.encode())


def fresh_key() -> bytes:
    """A new masking key, 4 bytes that nobody can foresee (5.3)."""
    return secrets.token_bytes(4)


def mask(data: bytes, key: bytes, start: int = 0) -> bytes:
    """The data masked, or unmasked, which is the same (5.3). Raises ValueError.

    key: 4 bytes.
    start: how many bytes of the payload come before these.
    """
    if len(key) != 4:
        raise ValueError(f"a masking key has 4 bytes, this one has {len(key)}")
    # 5.3: byte i of the payload is XORed with byte i modulo 4 of the key. Done to one long
    # number, this is an order of magnitude faster than byte by byte.
    turn = start % 4
    repeated = (key[turn:] + key[:turn]) * (len(data) // 4 + 1)
    masked = int.from_bytes(data) ^ int.from_bytes(repeated[: len(data)])
    return masked.to_bytes(len(data))


def check_control(opcode: Opcode, fin: bool, length: int) -> None:
    """Raise ProtocolError for a control frame in fragments, or of too many bytes."""
    if opcode.is_control:
        # 5.5: a control frame comes in one piece, of 125 bytes at most.
        if not fin:
            raise ProtocolError(f"a {opcode.name.lower()} in fragments; send it in one frame")
        if length > LARGEST_CONTROL:
            raise ProtocolError(f"a {opcode.name.lower()} of more than 125 bytes; send fewer")


def _check_code(code: int) -> None:
    # 7.4.1: three codes stand for what never was on the wire. 7.4.2: of those below 3000 only
    # what is registered may be used; 3000 to 4999 belong to libraries and applications.
    if code not in _REGISTERED - _UNSENT and not 3000 <= code <= 4999:
        raise ProtocolError(f"{code} must not be sent; take 1000, or one of 3000 to 4999")
