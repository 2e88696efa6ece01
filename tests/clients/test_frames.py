"""What clients send is what the RFC says, held against websockets; what servers send is judged."""

import hashlib
from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode as TheirOpcode
from websockets.streams import StreamReader
from websockets.utils import accept_key

from grader.clients import frames
from grader.clients.frames import MalformedError, Opcode, take_frame, take_response

PAYLOADS = st.binary(max_size=300) | st.sampled_from([bytes(n) for n in (65535, 65536, 70000)])


def theirs(data: bytes, *, masked: bool) -> TheirFrame:
    """The one frame in the data, as websockets reads it."""
    reader = StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    reading: Generator[None, None, TheirFrame] = TheirFrame.parse(reader.read_exact, mask=masked)
    with pytest.raises(StopIteration) as stopped:
        next(reading)
    frame = stopped.value.value
    assert isinstance(frame, TheirFrame)
    return frame


@given(st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION]), PAYLOADS, st.booleans())
def test_a_frame_is_read_by_websockets(opcode: Opcode, payload: bytes, final: bool) -> None:
    read = theirs(frames.frame(opcode, payload, final=final), masked=True)
    assert (int(read.opcode), bytes(read.data), read.fin) == (int(opcode), payload, final)


@given(st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION]), PAYLOADS, st.booleans())
def test_a_frame_of_websockets_is_read(opcode: Opcode, payload: bytes, final: bool) -> None:
    data = TheirFrame(TheirOpcode(opcode), payload, final).serialize(mask=False)
    buffer = bytearray(data + b"more")
    assert take_frame(buffer) == frames.Frame(final, opcode, payload)
    assert buffer == b"more"


@given(PAYLOADS, st.integers(min_value=0))
def test_a_part_of_a_frame_is_no_frame_yet(payload: bytes, size: int) -> None:
    data = TheirFrame(TheirOpcode.TEXT, payload).serialize(mask=False)
    buffer = bytearray(data[: size % len(data)])
    assert take_frame(buffer) is None
    assert len(buffer) == size % len(data)


@given(st.text(max_size=200), st.lists(st.integers(0, 800), max_size=6))
def test_fragments_are_the_text(message: str, places: list[int]) -> None:
    size = len(message.encode())
    cuts = sorted(place % (size + 1) for place in places)
    parts = [theirs(one.data, masked=True) for one in frames.fragments(message, *cuts)]
    assert b"".join(bytes(part.data) for part in parts).decode() == message
    assert [part.fin for part in parts] == [False] * len(cuts) + [True]
    assert [part.opcode for part in parts] == [1, *[0] * len(cuts)]


def test_a_text_in_fragments_is_told_part_by_part() -> None:
    told = [(one.event, one.args) for one in frames.fragments("näh", 2)]
    assert told == [
        ("text, fragment 1 of 2", (b"n\xc3",)),
        ("text, fragment 2 of 2", (b"\xa4h",)),
    ]


@given(st.binary(max_size=100), st.binary(min_size=4, max_size=4))
def test_to_mask_twice_is_to_unmask(payload: bytes, key: bytes) -> None:
    assert frames.mask(frames.mask(payload, key), key) == payload


@given(st.text(alphabet="abc XYZ,.!?", min_size=1))
def test_a_masked_ascii_text_is_ascii_still(message: str) -> None:
    """So that a server that does not unmask it sends back a text, which can be shown."""
    assert frames.text(message).data[6:].isascii()


def test_an_unmasked_frame_has_no_key() -> None:
    assert frames.frame(Opcode.TEXT, b"Hello", masked=False) == bytes.fromhex("810548656c6c6f")


def test_a_reserved_bit_is_in_the_first_byte() -> None:
    assert [frames.frame(1, reserved=bit)[0] for bit in (4, 2, 1)] == [0xC1, 0xA1, 0x91]


def test_the_accept_is_that_of_the_rfc() -> None:
    assert frames.accept_of(frames.SAMPLE_KEY) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@given(st.binary(min_size=16, max_size=16))
def test_the_accept_is_that_of_websockets(nonce: bytes) -> None:
    key = hashlib.sha1(nonce).hexdigest()
    assert frames.accept_of(key) == accept_key(key)


def test_an_upgrade_is_changed_by_name() -> None:
    headers = frames.upgrade("a key", Sec_WebSocket_Protocol="chat", Sec_WebSocket_Version=None)
    assert frames.get(headers, "/chat") == frames.Sending(
        "GET /chat",
        (headers,),
        b"GET /chat HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: a key\r\nSec-WebSocket-Protocol: chat\r\n\r\n",
    )


def test_a_head_leaves_what_is_behind_it() -> None:
    buffer = bytearray(
        b"HTTP/1.1 101 Yes\r\nUpgrade: a\r\nupgrade:  b \r\nX-Empty:\r\n\r\n\x81\x00"
    )
    response = take_response(buffer)
    assert response == frames.Response(101, {"Upgrade": "a, b", "X-Empty": ""})
    assert buffer == b"\x81\x00"


def test_a_head_may_have_no_reason_and_no_header() -> None:
    assert take_response(bytearray(b"HTTP/1.1 400\r\n\r\n")) == frames.Response(400, {})


def test_a_part_of_a_head_is_none_yet() -> None:
    assert take_response(bytearray(b"HTTP/1.1 400 Bad Request\r\n\r")) is None


@pytest.mark.parametrize(
    ("data", "what", "why"),
    [
        (
            b"HTTP/1.1 101 Yes\nUpgrade: websocket\n\n",
            r"b'HTTP/1.1 101 Yes\nUpgrade: websocket\n\n'",
            r"ends its lines with \n; in HTTP they end with \r\n (RFC 9112, 2.1)",
        ),
        (b"hello\r\n\r\n", "b'hello'", "is no HTTP response (RFC 9112, 4)"),
        (b"HTTP/1.1 OK\r\n\r\n", "b'HTTP/1.1 OK'", "is no HTTP response (RFC 9112, 4)"),
        (
            b"HTTP/1.1 101 Yes\r\nUpgrade websocket\r\n\r\n",
            "'Upgrade websocket'",
            "is no header, which is “name: value” (RFC 9112, 5)",
        ),
        (
            b"HTTP/1.1 101 Yes\r\nUpgrade : websocket\r\n\r\n",
            "'Upgrade : websocket'",
            "is no header, which is “name: value” (RFC 9112, 5)",
        ),
        (b"x" * 70_000, f"b'{'x' * 100}' …", "does not come to an end"),
    ],
)
def test_what_is_no_head(data: bytes, what: str, why: str) -> None:
    with pytest.raises(MalformedError) as error:
        take_response(bytearray(data))
    assert (error.value.what, error.value.why) == (what, why)


@pytest.mark.parametrize(
    ("data", "what", "why"),
    [
        (
            frames.frame(Opcode.TEXT, b"hello"),
            "a text frame",
            "is masked; only a client masks (RFC 6455, 5.1)",
        ),
        (
            b"\xc1\x00",
            "a frame that begins with c1 00",
            "has a reserved bit set (RFC 6455, 5.2)",
        ),
        (
            b"\x8b\x00",
            "a frame that begins with 8b 00",
            "has the reserved opcode B (RFC 6455, 5.2)",
        ),
        (
            b"\x8a\x7e",
            "a pong frame",
            "is longer than 125 bytes, and a control frame must not (RFC 6455, 5.5)",
        ),
        (
            b"\x08\x00",
            "a close frame",
            "is a fragment, and a control frame must not (RFC 6455, 5.5)",
        ),
        (
            b"\x81\x7f" + (2**40).to_bytes(8),
            "a text frame",
            "says that it is 1,099,511,627,776 bytes long (RFC 6455, 5.2)",
        ),
        (
            b"\x81\x7e\x00\x05hello",
            "a text frame with the length 5",
            "writes its length in more bytes than it needs (RFC 6455, 5.2)",
        ),
        (
            b"\x81\x7f" + (2**16 - 1).to_bytes(8),
            "a text frame with the length 65,535",
            "writes its length in more bytes than it needs (RFC 6455, 5.2)",
        ),
    ],
)
def test_what_is_no_frame_of_a_servers(data: bytes, what: str, why: str) -> None:
    with pytest.raises(MalformedError) as error:
        take_frame(bytearray(data))
    assert (error.value.what, error.value.why) == (what, why)


@pytest.mark.parametrize(
    ("upgraded", "why"),
    [
        (False, "has no blank line after it, which ends a head of HTTP (RFC 9112, 2.1)"),
        (True, "is not a whole frame; the rest of it did not come (RFC 6455, 5.2)"),
    ],
)
def test_what_comes_to_no_end_is_told(upgraded: bool, why: str) -> None:
    error = frames.unfinished(bytearray(b"\x81\x05hel"), upgraded=upgraded)
    assert (error.what, error.why, error.data) == (r"b'\x81\x05hel'", why, b"\x81\x05hel")


@given(st.binary(min_size=1, max_size=50), st.lists(st.integers(0, 49), max_size=5))
def test_chunks_are_the_data(data: bytes, places: list[int]) -> None:
    cuts = tuple(sorted(place % len(data) for place in places))
    parts = list(frames.chunks(data, cuts))
    assert b"".join(parts) == data
    assert len(parts) == len(cuts) + 1
