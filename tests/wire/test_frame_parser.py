"""The frame parser against wsproto, on streams right and wrong, in any pieces."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol, ParseFailed
from wsproto.frame_protocol import Opcode as TheirOpcode

from wire.frame_parser import FrameParser
from wire.frames import Close, Frame, FrameError, Message, Opcode, TooBigError, mask

KEY = bytes.fromhex("37fa213d")
NO_BOUND = 2**63  # wsproto has none for the length of a message

# A whole message, a control frame, the end of the stream; as both parsers tell of it.
Told: TypeAlias = tuple[Any, ...]

steady = settings(derandomize=True, max_examples=150)


def ours(pieces: Iterable[bytes], *, masked: bool, largest: int = NO_BOUND) -> Iterator[Told]:
    parser = FrameParser(masked=masked, largest=largest)
    try:
        for piece in pieces:
            for event in parser.feed(piece):
                if isinstance(event, Message):
                    yield ("message", event.data)
                elif event.opcode is Opcode.CLOSE:
                    close = Close.parse(event.payload)
                    yield ("CLOSE", close.code, close.reason)
                elif event.opcode.is_control:
                    yield (event.opcode.name, event.payload)
    except FrameError as error:
        yield ("failed", error.code)


def theirs(pieces: Iterable[bytes], *, masked: bool) -> Iterator[Told]:
    protocol = FrameProtocol(client=not masked, extensions=[])
    parts: list[Any] = []
    try:
        for piece in pieces:
            protocol.receive_bytes(piece)
            for frame in protocol.received_frames():
                if frame.opcode is TheirOpcode.CLOSE:
                    yield ("CLOSE", *frame.payload)
                elif frame.opcode.iscontrol():
                    yield (frame.opcode.name, frame.payload)
                else:
                    parts.append(frame.payload)
                    if frame.message_finished:
                        yield ("message", type(parts[0])().join(parts))
                        parts = []
    except ParseFailed as error:
        yield ("failed", error.code)


def split(stream: bytes, places: Iterable[int]) -> list[bytes]:
    """The stream in pieces, cut at these places, some of which may be outside of it."""
    inside = sorted({place for place in places if 0 < place < len(stream)})
    return [stream[a:b] for a, b in pairwise([0, *inside, len(stream)])]


CODES = (*range(998, 1014), 1015, 1016, 2999, 3000, 4999, 5000)  # of 1014, see below
KEYS = st.binary(min_size=4, max_size=4)
PLACES = st.lists(st.integers(0, 400), max_size=30)
CONTROLS = st.builds(
    Frame, st.sampled_from([Opcode.PING, Opcode.PONG]), st.binary(max_size=125)
) | st.builds(Frame, st.just(Opcode.PING), st.just(bytes(125)))
MESSAGES = st.builds(Message, st.text(max_size=40) | st.binary(max_size=300))
CLOSES = st.builds(
    Close,
    st.sampled_from([1000, 1001, 1002, 1003, *range(1007, 1014), 3000, 4999]),
    st.text(max_size=30),
) | st.builds(Close)


@st.composite
def frames(draw: st.DrawFn) -> list[Frame]:
    """Messages in one frame or in several, with control frames anywhere, and perhaps a close."""
    found: list[Frame] = []
    for message in draw(st.lists(MESSAGES, max_size=5)):
        for frame in message.frames(draw(st.none() | st.integers(1, 60))):
            found += [*draw(st.lists(CONTROLS, max_size=1)), frame]
    return found + draw(st.lists(CLOSES.map(Close.frame), max_size=1))


@steady
@given(frames(), KEYS, PLACES, st.booleans())
def test_wsproto_reads_what_we_write_as_we_do(
    sent: list[Frame], key: bytes, places: list[int], masked: bool
) -> None:
    stream = b"".join(frame.serialise(key if masked else None) for frame in sent)
    told = list(ours(split(stream, places), masked=masked))
    assert told == list(theirs([stream], masked=masked))
    assert told == list(ours([stream], masked=masked))
    assert not any(kind == "failed" for kind, *_ in told)


@steady
@given(st.lists(MESSAGES, max_size=4), st.lists(st.binary(max_size=125)), CLOSES, PLACES)
def test_we_read_what_wsproto_writes(
    messages: list[Message], pings: list[bytes], close: Close, places: list[int]
) -> None:
    for client in (True, False):
        writer = FrameProtocol(client=client, extensions=[])
        stream = bytearray()
        expected: list[Told] = []
        for message in messages:
            half = len(message.data) // 2
            stream += writer.send_data(message.data[:half], fin=False)
            for ping in pings:
                stream += writer.ping(ping) + writer.pong(ping)
                expected += [("PING", ping), ("PONG", ping)]
            stream += writer.send_data(message.data[half:], fin=True)
            expected.append(("message", message.data))
        stream += writer.close(None if close == Close() else close.code, close.reason or None)
        expected.append(("CLOSE", close.code, close.reason))
        assert list(ours(split(bytes(stream), places), masked=client)) == expected


def raw(first: int, masked: int, length: int, size: int, payload: bytes) -> bytes:
    """A frame whose header says what it likes: `length` in so many bytes, 0 for in 7 bits."""
    short = {0: length & 0x7F, 2: 126, 8: 127}[size]
    key, payload = (KEY, mask(payload, KEY)) if masked else (b"", payload)
    tail = length.to_bytes(8)[-size:] if size else b""
    return bytes([first, masked | short]) + tail + key + payload


@st.composite
def anything(draw: st.DrawFn) -> bytes:
    """Frames whose fields are right more often than not, and whose payloads may be no UTF-8."""
    stream = b""
    for _ in range(draw(st.integers(1, 4))):
        payload = draw(st.binary(max_size=6) | st.text(max_size=3).map(str.encode))
        opcode = draw(st.sampled_from([*Opcode, 0x3, 0xB]))
        if opcode == Opcode.CLOSE:
            code = draw(st.sampled_from(CODES))
            payload = draw(st.sampled_from([b"", b"\x03", code.to_bytes(2) + payload]))
        first = draw(st.sampled_from([0x80, 0x80, 0x00, 0xC0])) | opcode
        masked = draw(st.sampled_from([0x80, 0x80, 0x80, 0x80, 0]))
        size = draw(st.sampled_from([0, 0, 0, 2, 8]))
        length = len(payload) if size == 0 else draw(st.sampled_from([126, 2**16, 2**63, 5]))
        if length in (126, 2**16):
            payload = payload.ljust(length, b"x")
        stream += raw(first, masked, length, size, payload)
    return stream[: draw(st.just(len(stream)) | st.integers(0, len(stream)))]


def until_refused(stream: bytes) -> int:
    """How many bytes of a client's stream we take until we refuse it."""
    parser = FrameParser(masked=True, largest=NO_BOUND)
    taken = 0
    with contextlib.suppress(FrameError):
        for taken in range(1, len(stream) + 1):
            list(parser.feed(stream[taken - 1 : taken]))
    return taken


@settings(steady, max_examples=600)
@given(anything(), PLACES)
def test_what_wsproto_refuses_we_refuse_with_the_same_code(
    stream: bytes, places: list[int]
) -> None:
    told = list(ours(split(stream, places), masked=True))
    other = list(theirs([stream], masked=True))
    if told != other:
        # We are first: a surrogate is refused for its second byte, where Python's decoder, which
        # wsproto trusts, waits for the third; a frame for its first two bytes, a continuation for
        # its header, where wsproto waits for the whole header, and for some payload. It gets them.
        third_byte = raw(0x00, 0x80, 1, 0, b"\x80")
        more = third_byte if told[-1] == ("failed", 1007) else bytes(16)
        begun = stream[: until_refused(stream)]
        assert told[:-1] == list(theirs([begun], masked=True))
        other = list(theirs([begun, more], masked=True))
    assert told == other


def test_wsproto_waits_for_the_third_byte_of_a_surrogate() -> None:
    """And so it gives another code where the message is not continued."""
    stream = b"\x01\x02\xed\xa0" + b"\x81\x00"
    assert list(ours([stream], masked=False)) == [("failed", 1007)]
    assert list(theirs([stream], masked=False)) == [("failed", 1002)]


def test_1014_is_a_code_that_wsproto_does_not_know() -> None:
    """IANA has registered it since RFC 6455; to wsproto it is an unknown one of those reserved."""
    stream = b"\x88\x02" + (1014).to_bytes(2)
    assert list(ours([stream], masked=False)) == [("CLOSE", 1014, "")]
    assert list(theirs([stream], masked=False)) == [("failed", 1002)]


def test_a_text_is_refused_with_the_first_byte_that_makes_it_invalid() -> None:
    """RFC 6455, 8.1, byte by byte; what could still become UTF-8 is not refused."""
    ends = [bytes(end) for n in range(4) for end in product((0x80, 0xBF), repeat=n)]

    def could_become_utf8(text: bytes) -> bool:
        for end in ends:
            try:
                (text + end).decode()
            except UnicodeDecodeError:
                continue
            return True
        return False

    # One byte of each kind that RFC 3629, 4 tells apart, where it begins or ends.
    telling = bytes.fromhex("7f 80 8f 90 9f a0 bf c1 c2 df e0 e1 ec ed ee ef f0 f1 f3 f4 f5")
    for text in map(bytes, product(telling, repeat=3)):
        parser = FrameParser(masked=False)
        list(parser.feed(b"\x01\x03"))
        taken = 0
        try:
            for taken in range(3):
                list(parser.feed(text[taken : taken + 1]))
            taken = 3
        except FrameError as error:
            assert error.code == 1007
        right = next((n for n in range(3) if not could_become_utf8(text[: n + 1])), 3)
        assert taken == right, text


def test_a_text_that_ends_inside_a_character_is_refused() -> None:
    assert list(ours([b"\x81\x01\xc3"], masked=False)) == [("failed", 1007)]
    assert list(ours([b"\x01\x01\xc3", b"\x80\x00"], masked=False)) == [("failed", 1007)]
    assert list(ours([b"\x01\x01\xc3", b"\x80\x01\xa9"], masked=False)) == [("message", "é")]


def test_a_message_behind_its_last_frame() -> None:
    first, ping, last = (
        Frame(Opcode.TEXT, b"Hel", fin=False),
        Frame(Opcode.PING),
        Frame(Opcode.CONTINUATION, b"lo"),
    )
    stream = b"".join(frame.serialise() for frame in (first, ping, last))
    events = list(FrameParser(masked=False).feed(stream))
    assert events == [first, ping, last, Message("Hello")]


def test_what_is_not_iterated_over_comes_with_the_next_call() -> None:
    parser = FrameParser(masked=False)
    parser.feed(Frame(Opcode.PING, b"1").serialise())
    events = list(parser.feed(Frame(Opcode.PING, b"2").serialise()))
    assert events == [Frame(Opcode.PING, b"1"), Frame(Opcode.PING, b"2")]


def test_nothing_comes_behind_a_close_or_an_error() -> None:
    ping = Frame(Opcode.PING).serialise()
    parser = FrameParser(masked=False)
    assert list(parser.feed(ping + Close(1000).frame().serialise() + ping)) == [
        Frame(Opcode.PING),
        Close(1000).frame(),
    ]
    assert parser.ended
    assert list(parser.feed(ping)) == []
    parser = FrameParser(masked=False)
    events = parser.feed(ping + b"\xff\xff" + ping)
    assert next(events) == Frame(Opcode.PING)
    assert not parser.ended
    with pytest.raises(FrameError):
        next(events)
    assert parser.ended
    assert list(parser.feed(ping)) == []


def test_a_message_has_a_bound_and_is_refused_before_it_comes() -> None:
    largest = [("message", b"12345")]
    two = b"".join(frame.serialise() for frame in Message(b"12345").frames(3))
    assert list(ours([two * 2], masked=False, largest=5)) == largest * 2
    assert list(ours([b"\x82\x06"], masked=False, largest=5)) == [("failed", 1009)]
    assert list(ours([b"\x02\x03abc\x80\x03"], masked=False, largest=5)) == [("failed", 1009)]
    assert list(ours([b"\x89\x06abcdef"], masked=False, largest=5)) == [("PING", b"abcdef")]


@pytest.mark.parametrize(
    ("stream", "masked", "fault"),
    [
        ("c100", False, "a reserved bit is set; agree on an extension before using it"),
        ("8300", False, "opcode 0x3 is reserved; use 0 to 2 or 8 to 0xa"),
        ("8f00", False, "opcode 0xf is reserved; use 0 to 2 or 8 to 0xa"),
        ("8100", True, "a client's frame is not masked; mask it with a fresh key"),
        ("8180", False, "a server's frame is masked; send it as it is"),
        ("0900", False, "a ping in fragments; send it in one frame"),
        ("897e", False, "a ping of more than 125 bytes; send fewer"),
        ("817e007d", False, "a length of 125 in 2 bytes; write it in fewer"),
        ("817f000000000000ffff", False, "a length of 65535 in 8 bytes; write it in fewer"),
        ("817f8000000000000000", False, "a length of 2**63 or more; the highest bit must be 0"),
        ("8000", False, "a continuation of nothing; begin with text or binary"),
        ("01008100", False, "a message inside another; end the first with a frame that has FIN"),
        ("8101ff", False, "a text is not UTF-8; send other bytes as binary"),
        ("880203ed", False, "1005 must not be sent; take 1000, or one of 3000 to 4999"),
    ],
)
def test_each_refusal_says_why(stream: str, masked: bool, fault: str) -> None:
    with pytest.raises(FrameError, match=f"^{re.escape(fault)}$"):
        list(FrameParser(masked=masked).feed(bytes.fromhex(stream)))


def test_too_big_says_how_big() -> None:
    fault = "a message of 6 bytes or more; send at most 5"
    with pytest.raises(TooBigError, match=f"^{fault}$"):
        list(FrameParser(masked=False, largest=5).feed(b"\x82\x06"))
