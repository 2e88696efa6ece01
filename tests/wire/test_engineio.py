"""Engine.IO packets against python-engineio's, and the examples of the protocol's document."""

import json
import re
from collections.abc import Callable

import pytest
from engineio.packet import Packet as TheirPacket
from engineio.payload import Payload as TheirPayload
from hypothesis import given, settings
from hypothesis import strategies as st

from wire.engineio import (
    CLOSE,
    NOOP,
    PING,
    PROBE,
    PROBED,
    UPGRADE,
    EngineIOError,
    Open,
    Packet,
    PacketType,
    decode_payload,
    encode_payload,
    pong,
)

steady = settings(derandomize=True, max_examples=200)

TEXTS = st.text(st.characters(exclude_characters="\x1e"), max_size=20)
PACKETS = st.builds(Packet, st.sampled_from(PacketType), TEXTS) | st.builds(
    Packet, st.just(PacketType.MESSAGE), st.binary(max_size=20)
)


def same(theirs: TheirPacket, ours: Packet) -> bool:
    """Whether python-engineio has read the same; it also reads JSON, where data looks like it."""
    data = ours.data
    if isinstance(data, str) and not isinstance(theirs.data, str):
        data = json.loads(data)
    # NaN, which python-engineio reads as JSON, too, is not equal to itself.
    return (theirs.packet_type, repr(theirs.data)) == (ours.type, repr(data))


@steady
@given(PACKETS)
def test_python_engineio_reads_our_packets_and_we_its(packet: Packet) -> None:
    encoded, as_text = packet.encode(), packet.encode_as_text()
    for one in (encoded, as_text):
        assert same(TheirPacket(encoded_packet=one), packet)
        assert Packet.decode(one) == packet
    theirs = TheirPacket(packet.type.value, packet.data)
    assert theirs.encode() == encoded
    assert TheirPacket(packet.type.value, packet.data).encode(b64=True) == as_text


@steady
@given(st.lists(PACKETS, min_size=1, max_size=TheirPayload.max_decode_packets))
def test_python_engineio_reads_our_payloads_and_we_its(packets: list[Packet]) -> None:
    payload = encode_payload(packets)
    assert decode_payload(payload) == packets
    theirs = TheirPayload([TheirPacket(packet.type.value, packet.data) for packet in packets])
    assert theirs.encode() == payload
    if not payload.startswith("d="):  # which python-engineio takes for a form's field
        read = TheirPayload(encoded_payload=payload).packets
        assert all(same(their, our) for their, our in zip(read, packets, strict=True))


@pytest.mark.parametrize(
    ("payload", "packets"),
    [  # "Packet encoding" in the protocol's document
        ("4hello", [Packet(PacketType.MESSAGE, "hello")]),
        (
            "4hello\x1e2\x1e4world",
            [Packet(PacketType.MESSAGE, "hello"), PING, Packet(PacketType.MESSAGE, "world")],
        ),
        (
            "4hello\x1ebAQIDBA==",
            [Packet(PacketType.MESSAGE, "hello"), Packet(PacketType.MESSAGE, b"\x01\x02\x03\x04")],
        ),
    ],
)
def test_the_examples_of_the_document(payload: str, packets: list[Packet]) -> None:
    assert encode_payload(packets) == payload
    assert decode_payload(payload) == packets


def test_the_packets_of_an_upgrade_and_of_a_heartbeat() -> None:
    encoded = [packet.encode() for packet in (PROBE, PROBED, UPGRADE, NOOP, PING, CLOSE)]
    assert encoded == ["2probe", "3probe", "5", "6", "2", "1"]
    assert pong(PROBE) == PROBED
    assert pong(PING).encode() == "3"


SAID = {
    "sid": "lv_VI97HAXpY6yYWAAAC",
    "upgrades": ["websocket"],
    "pingInterval": 25000,
    "pingTimeout": 20000,
    "maxPayload": 1000000,
}


def opening(**changes: object) -> Packet:
    return Packet(PacketType.OPEN, json.dumps(SAID | changes))


def test_the_open_packet() -> None:
    """ "Handshake" in the protocol's document."""
    said = Open("lv_VI97HAXpY6yYWAAAC", ("websocket",), 25000, 20000, 1000000)
    assert Open.parse(opening(later="more")) == said
    assert Open.parse(said.packet()) == said
    assert TheirPacket(encoded_packet=said.packet().encode()).data == SAID
    assert Open.parse(opening(pingInterval=0.5)).ping_interval == 0.5


@pytest.mark.parametrize(
    ("attempt", "fault"),
    [
        (lambda: Packet(PacketType.PING, b"x"), "bytes in a ping; send them in a message"),
        (lambda: Packet.decode(""), "an empty packet; begin it with the digit of its type"),
        (lambda: Packet.decode("7"), "no packet begins with '7'; use 0 to 6, or b"),
        (lambda: Packet.decode("٤"), "no packet begins with '٤'; use 0 to 6, or b"),
        (lambda: Packet.decode("bAQI"), "what follows the b is not base64; encode it so"),
        (lambda: Packet.decode("bAQ=?"), "what follows the b is not base64; encode it so"),
        (
            lambda: Packet(PacketType.MESSAGE, "\x1e").encode_as_text(),
            "a record separator in the data; escape it, or send bytes",
        ),
        (
            lambda: encode_payload([]),
            "a payload without packets; send a noop where there is nothing to say",
        ),
        (lambda: decode_payload(""), "an empty packet; begin it with the digit of its type"),
        (lambda: decode_payload("2\x1e"), "an empty packet; begin it with the digit of its type"),
        (lambda: pong(NOOP), "a pong to a noop; answer pings only"),
        (lambda: Open.parse(PING), "a ping comes first; send open before it"),
        (
            lambda: Open.parse(Packet(PacketType.OPEN)),
            "the open packet holds no JSON object; send one",
        ),
        (
            lambda: Open.parse(Packet(PacketType.OPEN, "[" * 100_000)),
            "the open packet holds no JSON object; send one",
        ),
        (lambda: Open.parse(opening(sid=None)), "sid in the open packet is not a text; send one"),
        (
            lambda: Open.parse(opening(upgrades="websocket")),
            "upgrades in the open packet is not a list; send one",
        ),
        (
            lambda: Open.parse(opening(upgrades=[1])),
            "upgrades in the open packet holds more than names; send texts",
        ),
        (
            lambda: Open.parse(opening(pingTimeout=True)),
            "pingTimeout in the open packet is not a number; send one",
        ),
    ],
)
def test_what_breaks_the_protocol_says_why(attempt: Callable[[], object], fault: str) -> None:
    with pytest.raises(EngineIOError, match=f"^{re.escape(fault)}$"):
        attempt()


@pytest.mark.parametrize("encoded", ["7", "9x", "bAQ?=="])
def test_python_engineio_lets_some_of_that_pass(encoded: str) -> None:
    """Types that there are not, and letters that base64 has not: the reason why we differ."""
    TheirPacket(encoded_packet=encoded)
    with pytest.raises(EngineIOError):
        Packet.decode(encoded)
