"""The head of an HTTP request or response, as a value and as bytes (RFC 9112, 2 to 5).

    parser = HeadParser()
    head = parser.feed(data)  # None until the empty line that ends the head
    parser.rest  # what came after it: the WebSocket's first bytes

Numbers in the comments are sections of RFC 9112, where no other is named.
"""

import re
from dataclasses import dataclass

from wire import WireError

LARGEST = 2**14  # bytes of a head, where a parser is not told otherwise

# RFC 9110, 5.6.2: what the name of a field, a method or a subprotocol is made of.
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 9110, 5.5: visible characters, and between them spaces and tabs; no other control character.
_VALUE = re.compile(r"(?![\t ])[\t -~\x80-\xff]*(?<![\t ])")
_START = re.compile(r"[ -~\x80-\xff]+")
_END_OF_LINE = b"\r\n"


class HeadError(WireError):
    """A head that is malformed."""


class HeadTooBigError(HeadError):
    """A head that is larger than the reader takes."""


@dataclass(frozen=True, slots=True)
class Head:
    """A start line, and fields as (name, value), in order. Raises HeadError for a malformed one.

    Texts hold bytes as Latin-1 does, one character for each.
    """

    start: str
    fields: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not _START.fullmatch(self.start):
            raise HeadError(f"{self.start!r} is no start line; write printable characters")
        for name, value in self.fields:
            if not TOKEN.fullmatch(name):
                # 5.1: no space stands between the name and the colon.
                # 5.2: nor does a line begin with one, as it did when fields could be folded.
                raise HeadError(f"{name!r} is no field name; write letters, digits and hyphens")
            if not _VALUE.fullmatch(value):
                # RFC 9110, 5.5: a line's end inside a value would begin another field.
                raise HeadError(
                    f"{value!r} is no field value; leave out control characters and outer spaces"
                )

    def values(self, name: str) -> list[str]:
        """The values of each field of that name; names are compared without case (5)."""
        return [value for one, value in self.fields if one.lower() == name.lower()]

    def listed(self, name: str) -> list[str]:
        """The elements of the lists that the fields of that name hold, in order."""
        # RFC 9110, 5.3: fields of one name are one list. 5.6.1: an empty element is none.
        elements = [one.strip(" \t") for value in self.values(name) for one in value.split(",")]
        return [one for one in elements if one]

    def serialise(self) -> bytes:
        lines = (self.start, *(f"{name}: {value}" for name, value in self.fields), "", "")
        return "\r\n".join(lines).encode("latin-1")

    @classmethod
    def parse(cls, data: bytes) -> "Head":
        """The head of these bytes, the empty line at its end left off."""
        start, *lines = data.decode("latin-1").split("\r\n")
        pairs = []
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon:
                raise HeadError(f"{line!r} is no field; write name: value")
            # 5.1: spaces and tabs around a value are not part of it.
            pairs.append((name, value.strip(" \t")))
        return cls(start, tuple(pairs))


class HeadParser:
    """Reads one head from bytes that come in any pieces.

    largest: bytes of the head at most, its empty line counted.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._buffer = bytearray()
        self._head: Head | None = None

    @property
    def rest(self) -> bytes:
        """What came after the head; nothing before the head is whole."""
        return bytes(self._buffer) if self._head else b""

    def feed(self, data: bytes) -> Head | None:
        """The head once it is whole, from then on with every call. Raises HeadError."""
        searched = max(0, len(self._buffer) - 3)  # the end may have begun in the last 3 bytes
        self._buffer += data
        if self._head:
            return self._head
        # 2.2: empty lines before a request are skipped.
        while self._buffer.startswith(_END_OF_LINE):
            del self._buffer[:2]
        end = self._buffer.find(_END_OF_LINE * 2, searched)
        size = end + 4 if end >= 0 else len(self._buffer)
        if size > self._largest:
            raise HeadTooBigError(f"a head of more than {self._largest} bytes; send fewer fields")
        if end < 0:
            return None
        self._head = Head.parse(bytes(self._buffer[:end]))
        del self._buffer[: end + 4]
        return self._head
