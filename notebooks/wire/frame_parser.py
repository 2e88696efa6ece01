"""Reads WebSocket frames from bytes that come in any pieces (RFC 6455, 5 to 8).

    parser = FrameParser(masked=True)  # what a server reads
    for event in parser.feed(data):
        ...  # each Frame, and after the last frame of a message the Message

Nothing here does I/O. Numbers in the comments are sections of the RFC.
"""

from codecs import getincrementaldecoder
from collections.abc import Generator, Iterator
from functools import partial
from typing import TypeAlias

from wire.frames import (
    FIN,
    IN_EIGHT_BYTES,
    IN_TWO_BYTES,
    LENGTH,
    MASKED,
    OPCODE,
    RESERVED,
    Frame,
    InvalidTextError,
    Message,
    Opcode,
    ProtocolError,
    TooBigError,
    check_control,
    mask,
)

LARGEST = 2**20  # bytes of one message, where a parser is not told otherwise

# The 7 bits of the length → the bytes that it is in, and the least that it may be.
_LONGER = {IN_TWO_BYTES: (2, 126), IN_EIGHT_BYTES: (8, 2**16)}

_SURROGATES = b"\xed\xa0", b"\xee"  # from the first two bytes of one to the byte after them all

Event: TypeAlias = Frame | Message


class FrameParser:
    """Reads one direction of a connection, and refuses what breaks the rules as early as it can.

    masked: whether frames must be masked: True reads a client, False reads a server.
    largest: bytes of a message, at most; those of its frames are added up.
    """

    def __init__(self, *, masked: bool, largest: int = LARGEST) -> None:
        self.ended = False  # a close frame came, or an error
        self._masked = masked
        self._message = _Assembly(largest)
        self._buffer = bytearray()
        self._next = partial(next, self._events(), None)

    def feed(self, data: bytes) -> Iterator[Event]:
        """Each frame that these bytes complete, and each message after its last frame.

        The iterator raises FrameError after what was right; what is not iterated over comes from
        the next call. After a close frame, or an error, everything is dropped.
        """
        # 1.4: what follows a close is discarded. 7.1.7: so is what follows a failure.
        if not self.ended:
            self._buffer += data
        return iter(self._next, None)

    def _events(self) -> Iterator[Event | None]:
        """The events; None wherever more bytes are needed."""
        try:
            while True:
                frame = yield from self._frame()
                yield frame
                if frame.opcode is Opcode.CLOSE:
                    return
                if frame.fin and not frame.opcode.is_control:
                    yield self._message.end()
        finally:
            self.ended = True

    def _frame(self) -> Generator[None, None, Frame]:
        first, second = yield from self._exactly(2)
        # 5.2: a reserved bit is 0 unless an extension gave it a meaning, and none was agreed on.
        if first & RESERVED:
            raise ProtocolError("a reserved bit is set; agree on an extension before using it")
        fin, opcode = bool(first & FIN), _opcode(first & OPCODE)
        # 5.1: a server closes on a frame that is not masked, a client on one that is.
        if self._masked and not second & MASKED:
            raise ProtocolError("a client's frame is not masked; mask it with a fresh key")
        if second & MASKED and not self._masked:
            raise ProtocolError("a server's frame is masked; send it as it is")
        check_control(opcode, fin, second & LENGTH)
        length = yield from self._length(second & LENGTH)
        if not opcode.is_control:
            self._message.begin(opcode, length)
        key = (yield from self._exactly(4)) if self._masked else None
        payload = bytearray()
        while True:
            piece = self._take(length - len(payload))
            if key:
                piece = mask(piece, key, len(payload))
            payload += piece
            whole = len(payload) == length
            if not opcode.is_control:
                self._message.add(piece, last=whole and fin)
            if whole:
                return Frame(opcode, bytes(payload), fin)
            yield

    def _length(self, short: int) -> Generator[None, None, int]:
        """The length, where these are the 7 bits of it in the second byte."""
        if short not in _LONGER:
            return short
        size, least = _LONGER[short]
        length = int.from_bytes((yield from self._exactly(size)))
        # 5.2: the length has the shortest form that holds it, and its highest bit is 0.
        if length < least:
            raise ProtocolError(f"a length of {length} in {size} bytes; write it in fewer")
        if length >= 2**63:
            raise ProtocolError("a length of 2**63 or more; the highest bit must be 0")
        return length

    def _exactly(self, count: int) -> Generator[None, None, bytes]:
        while len(self._buffer) < count:
            yield
        return self._take(count)

    def _take(self, most: int) -> bytes:
        taken = bytes(self._buffer[:most])
        del self._buffer[:most]
        return taken


class _Assembly:
    """The message whose frames are coming in."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._opcode: Opcode | None = None  # None between messages
        self._length = 0  # as announced by the frames so far
        self._payload = bytearray()
        self._utf8 = getincrementaldecoder("utf-8")()

    def begin(self, opcode: Opcode, length: int) -> None:
        """A data frame begins: is it one that may come now, and how large does all become?"""
        # 5.4: a message is continued by continuation frames alone, and those continue one.
        if opcode is Opcode.CONTINUATION:
            if self._opcode is None:
                raise ProtocolError("a continuation of nothing; begin with text or binary")
        elif self._opcode is not None:
            raise ProtocolError("a message inside another; end the first with a frame that has FIN")
        else:
            self._opcode = opcode
        self._length += length
        if self._length > self._largest:
            raise TooBigError(
                f"a message of {self._length} bytes or more; send at most {self._largest}"
            )

    def add(self, piece: bytes, *, last: bool) -> None:
        """Some of the payload; the first byte that makes a text invalid is noticed as it comes."""
        if self._opcode is Opcode.TEXT:
            try:
                # 5.6, 8.1: it is the message that is UTF-8; a frame may end inside a character.
                self._utf8.decode(piece, final=last)
                valid = True
            except UnicodeDecodeError:
                valid = False
            # RFC 3629, 3: UTF-8 has no surrogates. Python waits for the third byte of one.
            begun, _ = self._utf8.getstate()
            if not valid or _SURROGATES[0] <= begun < _SURROGATES[1]:
                raise InvalidTextError("a text is not UTF-8; send other bytes as binary")
        self._payload += piece

    def end(self) -> Message:
        """The message, which is whole; the next may begin."""
        payload, self._payload = bytes(self._payload), bytearray()
        opcode, self._opcode, self._length = self._opcode, None, 0
        return Message(payload.decode() if opcode is Opcode.TEXT else payload)


def _opcode(number: int) -> Opcode:
    try:
        return Opcode(number)
    except ValueError:
        # 5.2: a frame with an opcode that is not known fails the connection.
        raise ProtocolError(f"opcode {number:#x} is reserved; use 0 to 2 or 8 to 0xa") from None
