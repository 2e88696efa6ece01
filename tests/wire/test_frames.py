"""Frames, as values and as bytes: the RFC's own examples, and what no frame may be."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire.frames import (
    Close,
    CloseCode,
    Frame,
    FrameError,
    InvalidTextError,
    Message,
    Opcode,
    ProtocolError,
    fresh_key,
    mask,
)

KEY = bytes.fromhex("37fa213d")


@pytest.mark.parametrize(
    ("frame", "key", "encoded"),
    [  # RFC 6455, 5.7
        (Frame(Opcode.TEXT, b"Hello"), None, "810548656c6c6f"),
        (Frame(Opcode.TEXT, b"Hello"), KEY, "818537fa213d7f9f4d5158"),
        (Frame(Opcode.TEXT, b"Hel", fin=False), None, "010348656c"),
        (Frame(Opcode.CONTINUATION, b"lo"), None, "80026c6f"),
        (Frame(Opcode.PING, b"Hello"), None, "890548656c6c6f"),
        (Frame(Opcode.PONG, b"Hello"), KEY, "8a8537fa213d7f9f4d5158"),
        (Frame(Opcode.BINARY, bytes(256)), None, "827e0100" + "00" * 256),
        (Frame(Opcode.BINARY, bytes(65536)), None, "827f0000000000010000" + "00" * 65536),
    ],
)
def test_the_examples_of_the_rfc(frame: Frame, key: bytes | None, encoded: str) -> None:
    assert frame.serialise(key).hex() == encoded


@pytest.mark.parametrize(
    ("length", "header"),
    [(125, "827d"), (126, "827e007e"), (65535, "827effff"), (65536, "827f0000000000010000")],
)
def test_a_length_has_the_shortest_form(length: int, header: str) -> None:
    assert Frame(Opcode.BINARY, bytes(length)).serialise()[:-length].hex() == header


@settings(derandomize=True)
@given(st.binary(max_size=40), st.binary(min_size=4, max_size=4), st.integers(0, 40))
def test_masking_goes_byte_by_byte_and_undoes_itself(data: bytes, key: bytes, cut: int) -> None:
    masked = mask(data, key)
    assert masked == bytes(byte ^ key[i % 4] for i, byte in enumerate(data))
    assert mask(masked, key) == data
    assert mask(data[:cut], key) + mask(data[cut:], key, cut) == masked


def test_no_key_is_like_another() -> None:
    keys = {fresh_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {4}


@pytest.mark.parametrize("length", [0, 3, 5])
def test_a_key_has_four_bytes(length: int) -> None:
    with pytest.raises(ValueError, match=rf"^a masking key has 4 bytes, this one has {length}$"):
        Frame(Opcode.TEXT, b"Hello").serialise(bytes(length))


def test_a_message_in_one_frame_and_in_several() -> None:
    assert Message("Hello").frames() == [Frame(Opcode.TEXT, b"Hello")]
    assert Message(b"").frames() == [Frame(Opcode.BINARY)]
    assert Message("").frames(3) == [Frame(Opcode.TEXT)]
    assert Message("zoé").frames(3) == [  # cut inside the é
        Frame(Opcode.TEXT, b"zo\xc3", fin=False),
        Frame(Opcode.CONTINUATION, b"\xa9"),
    ]
    assert Message(b"123456").frames(3) == [
        Frame(Opcode.BINARY, b"123", fin=False),
        Frame(Opcode.CONTINUATION, b"456"),
    ]


@pytest.mark.parametrize("size", [0, -1])
def test_a_frame_carries_something(size: int) -> None:
    fault = f"frames of {size} bytes carry nothing; let them have 1 or more"
    with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
        Message("Hello").frames(size)


def test_a_text_that_has_no_utf8_is_no_message() -> None:
    with pytest.raises(UnicodeEncodeError):
        Message("\ud800").frames()


@pytest.mark.parametrize(
    ("close", "payload"),
    [
        (Close(), b""),
        (Close(CloseCode.NORMAL), b"\x03\xe8"),
        (Close(CloseCode.GOING_AWAY, "bye"), b"\x03\xe9bye"),
        (Close(4999, "é" * 61), b"\x13\x87" + b"\xc3\xa9" * 61),
    ],
)
def test_a_close_and_its_payload(close: Close, payload: bytes) -> None:
    assert close.frame() == Frame(Opcode.CLOSE, payload)
    assert Close.parse(payload) == close


SENDABLE = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}


def test_which_codes_may_be_sent() -> None:
    """RFC 6455, 7.4, and IANA's registry of close codes."""

    def may_be_sent(code: int) -> bool:
        try:
            Frame(Opcode.CLOSE, code.to_bytes(2))
        except ProtocolError:
            return False
        return True

    assert {code for code in range(2**16) if may_be_sent(code)} == SENDABLE


@pytest.mark.parametrize(
    ("make", "kind", "fault"),
    [
        (
            lambda: Frame(Opcode.PING, fin=False),
            ProtocolError,
            "a ping in fragments; send it in one frame",
        ),
        (
            lambda: Frame(Opcode.PONG, bytes(126)),
            ProtocolError,
            "a pong of more than 125 bytes; send fewer",
        ),
        (
            lambda: Close(1000, "x" * 124).frame(),
            ProtocolError,
            "a close of more than 125 bytes; send fewer",
        ),
        (
            lambda: Frame(Opcode.CLOSE, b"\x03"),
            ProtocolError,
            "a close of 1 byte; give it a code of 2 bytes, or nothing",
        ),
        (
            lambda: Frame(Opcode.CLOSE, b"\x03\xed"),
            ProtocolError,
            "1005 must not be sent; take 1000, or one of 3000 to 4999",
        ),
        (
            lambda: Close(1006),
            ProtocolError,
            "1006 must not be sent; take 1000, or one of 3000 to 4999",
        ),
        (
            lambda: Close(70000),
            ProtocolError,
            "70000 must not be sent; take 1000, or one of 3000 to 4999",
        ),
        (
            lambda: Close(reason="bye"),
            ProtocolError,
            "a reason without a code; give the close a code",
        ),
        (
            lambda: Frame(Opcode.CLOSE, b"\x03\xe6\xff"),  # the code comes before the reason
            ProtocolError,
            "998 must not be sent; take 1000, or one of 3000 to 4999",
        ),
        (
            lambda: Frame(Opcode.CLOSE, b"\x03\xe8\xff"),
            InvalidTextError,
            "the reason of a close is not UTF-8; encode it so",
        ),
    ],
)
def test_what_breaks_the_rules_cannot_be_made(
    make: Callable[[], object], kind: type[FrameError], fault: str
) -> None:
    with pytest.raises(FrameError) as raised:
        make()
    assert (type(raised.value), str(raised.value)) == (kind, fault)


def test_each_error_has_the_code_that_answers_it() -> None:
    codes = {kind.__name__: int(kind.code) for kind in FrameError.__subclasses__()}
    assert codes == {"ProtocolError": 1002, "InvalidTextError": 1007, "TooBigError": 1009}
