"""Socket.IO packets against python-socketio's, and the examples of the protocol's document."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from socketio.packet import Packet as TheirPacket

from wire.packets import Decoder, Packet, PacketError, PacketType, ack, event

steady = settings(derandomize=True, max_examples=200)

TEXTS = st.text(max_size=10)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)


def values_of(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=6,
    )


ARGUMENTS = st.lists(values_of(SCALARS | TEXTS | st.binary(max_size=9)), max_size=3)
OBJECTS = st.dictionaries(TEXTS, values_of(SCALARS | TEXTS), max_size=3)
NAMESPACES = st.just("/") | st.text("/abc-0é", max_size=6).map(lambda rest: f"/{rest}")
IDS = st.integers(0, 10**15 - 1)
EVENTS = st.builds(
    lambda name, args, namespace, ack_id: event(name, *args, namespace=namespace, ack_id=ack_id),
    *(TEXTS, ARGUMENTS, NAMESPACES, st.none() | IDS),
)
ACKS = st.builds(
    lambda args, namespace, ack_id: ack(event("", namespace=namespace, ack_id=ack_id), *args),
    *(ARGUMENTS, NAMESPACES, IDS),
)
OTHERS = (
    st.builds(Packet, st.just(PacketType.CONNECT), st.none() | OBJECTS, NAMESPACES)
    | st.builds(Packet, st.just(PacketType.DISCONNECT), st.none(), NAMESPACES)
    | st.builds(Packet, st.just(PacketType.CONNECT_ERROR), OBJECTS | TEXTS, NAMESPACES)
)
PACKETS = EVENTS | ACKS | OTHERS


def decoded(decoder: Decoder, pieces: list[str | bytes]) -> Packet:
    """The packet of these pieces, which is there with the last of them and not before."""
    *first, last = pieces
    assert [decoder.feed(piece) for piece in first] == [None] * len(first)
    packet = decoder.feed(last)
    assert packet
    return packet


@steady
@given(st.lists(PACKETS, min_size=1, max_size=3))
def test_what_is_encoded_is_decoded(packets: list[Packet]) -> None:
    decoder = Decoder()
    for packet in packets:
        assert decoded(decoder, [*packet.encode()]) == packet


@steady
@given(PACKETS)
def test_python_socketio_reads_our_packets(packet: Packet) -> None:
    text, *attachments = packet.encode()
    theirs = TheirPacket(encoded_packet=text)
    assert theirs.attachment_count == len(attachments)
    for number, attachment in enumerate(attachments, 1):
        assert theirs.add_attachment(attachment) is (number == len(attachments))
    assert (theirs.packet_type, theirs.namespace or "/") == (packet.type, packet.namespace)
    assert (theirs.id, theirs.data) == (packet.id, packet.data)


@steady
@given(PACKETS)
def test_we_read_python_socketio_s_packets(packet: Packet) -> None:
    kind = {PacketType.BINARY_EVENT: 2, PacketType.BINARY_ACK: 3}.get(packet.type, packet.type)
    theirs = TheirPacket(int(kind), packet.data, packet.namespace, packet.id)
    encoded = theirs.encode()
    pieces = encoded if isinstance(encoded, list) else [encoded]
    assert pieces == [*packet.encode()]
    assert decoded(Decoder(), pieces) == packet


HOLE = '{"_placeholder":true,"num":%d}'


@pytest.mark.parametrize(
    ("packet", "text", "attachments"),
    [  # "Examples" in the protocol's document
        (Packet(PacketType.CONNECT), "0", []),
        (
            Packet(PacketType.CONNECT, {"sid": "oSO0OpakMV_3jnilAAAA"}, "/admin"),
            '0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}',
            [],
        ),
        (
            Packet(PacketType.CONNECT_ERROR, {"message": "Not authorized"}),
            '4{"message":"Not authorized"}',
            [],
        ),
        (event("foo"), '2["foo"]', []),
        (event("bar", namespace="/admin"), '2/admin,["bar"]', []),
        (event("baz", b"\x01\x02\x03\x04"), f'51-["baz",{HOLE % 0}]', [b"\x01\x02\x03\x04"]),
        (
            event("baz", b"\x01\x02", b"\x03\x04", namespace="/admin"),
            f'52-/admin,["baz",{HOLE % 0},{HOLE % 1}]',
            [b"\x01\x02", b"\x03\x04"],
        ),
        (event("foo", ack_id=12), '212["foo"]', []),
        (ack(event("foo", namespace="/admin", ack_id=13), "bar"), '3/admin,13["bar"]', []),
        (ack(event("foo", ack_id=15), "bar", b"\x01"), f'61-15["bar",{HOLE % 0}]', [b"\x01"]),
        (Packet(PacketType.DISCONNECT), "1", []),
        (Packet(PacketType.DISCONNECT, namespace="/admin"), "1/admin,", []),
    ],
)
def test_the_examples_of_the_document(packet: Packet, text: str, attachments: list[bytes]) -> None:
    assert packet.encode() == (text, *attachments)
    assert decoded(Decoder(), [text, *attachments]) == packet


def test_a_namespace_at_the_end_needs_no_comma() -> None:
    assert Decoder().feed("1/admin") == Packet(PacketType.DISCONNECT, namespace="/admin")
    assert Decoder().feed('2/,["foo"]') == event("foo")


def test_a_placeholder_may_come_twice_and_in_any_order() -> None:
    text = f'52-["a",{HOLE % 1},{{"deep":[{HOLE % 0},{HOLE % 1}]}}]'
    assert decoded(Decoder(), [text, b"0", b"1"]) == event("a", b"1", {"deep": [b"0", b"1"]})


def test_what_looks_like_a_placeholder_is_data_where_there_are_no_bytes() -> None:
    packet = event("a", {"_placeholder": True, "num": 0})
    assert Decoder().feed(packet.encode()[0]) == packet


NO_EVENTS: list[Any] = [[], [1, "a"], {}, None]


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("attempt", "fault"),
    [
        (lambda: event("a", namespace="b"), "'b' is no namespace; begin with /, use no comma"),
        (
            lambda: event("a", namespace="/b,c"),
            "'/b,c' is no namespace; begin with /, use no comma",
        ),
        (lambda: event("a", ack_id=-1), "-1 is no id; count from 0, in up to 15 digits"),
        (
            lambda: event("a", ack_id=10**15),
            "1000000000000000 is no id; count from 0, in up to 15 digits",
        ),
        (lambda: ack(event("a")), "ack without an id; repeat the event's"),
        (
            lambda: Packet(PacketType.CONNECT, id=1),
            "connect with an id; only events are acknowledged",
        ),
        (
            lambda: Packet(PacketType.EVENT, ["a", b""]),
            "event that has bytes; binary_event and binary_ack do",
        ),
        (
            lambda: Packet(PacketType.BINARY_ACK, [], id=1),
            "binary_ack that has no bytes; binary_event and binary_ack do",
        ),
        (
            lambda: Packet(PacketType.CONNECT, []),
            "connect carries an object, or nothing; this is list",
        ),
        (lambda: Packet(PacketType.DISCONNECT, {}), "disconnect carries nothing; this is dict"),
        (
            lambda: Packet(PacketType.CONNECT_ERROR),
            "connect_error carries an object; this is NoneType",
        ),
        (lambda: Packet(PacketType.ACK, "a", id=1), "ack carries a list; this is str"),
        *(
            (
                partial(Packet, PacketType.EVENT, data),
                f"event carries a list that begins with a name; this is {type(data).__name__}",
            )
            for data in NO_EVENTS
        ),
        (lambda: event("a", deep(5000)), "data nested too deeply; send flatter data"),
        *(
            (
                event("a", data).encode,
                "data that JSON has not; send texts, numbers, lists and objects",
            )
            for data in ({1}, float("nan"), {(): 1})
        ),
        (
            lambda: event("a", b"", {"_placeholder": True}).encode(),
            "an object that looks like a placeholder; name its keys otherwise",
        ),
    ],
)
def test_what_is_no_packet_says_why(attempt: Callable[[], object], fault: str) -> None:
    with pytest.raises(PacketError, match=f"^{re.escape(fault)}$"):
        attempt()


NOT_JSON = "the data is not JSON, or nested too deeply; send JSON"


@pytest.mark.parametrize(
    ("pieces", "fault"),
    [
        ([""], "no packet begins with ''; use 0 to 6"),
        (["7"], "no packet begins with '7'; use 0 to 6"),
        (['٢["a"]'], "no packet begins with '٢'; use 0 to 6"),
        (["2"], "event carries a list that begins with a name; this is NoneType"),
        (["2{"], NOT_JSON),
        (['2["a",NaN]'], NOT_JSON),
        (["2" + "[" * 100_000], NOT_JSON),
        (['2["a"]x'], NOT_JSON),
        (['21234567890123456["a"]'], NOT_JSON),
        (['3["a"]'], "ack without an id; repeat the event's"),
        (
            ['21-["a"]'],
            "attachments of event; only binary_event and binary_ack have any",
        ),
        (['5["a"]'], "binary_event without attachments; send event"),
        (["60-1[]"], "binary_ack without attachments; send ack"),
        (['53-["a"]'], "3 attachments; send at most 2"),
        ([b"x"], "an attachment of no packet; announce it in one before"),
        (
            [f'51-["a",{HOLE % 0}]', '2["b"]'],
            "a packet before all attachments of another came; send those first",
        ),
        (
            [f'51-["a",{HOLE % 0}]', b"x", b"y"],
            "an attachment of no packet; announce it in one before",
        ),
        ([f'51-["a",{HOLE % 1}]', b"x"], "a placeholder for attachment 1; count from 0"),
        ([f'51-["a",{HOLE % -1}]', b"x"], "a placeholder for attachment -1; count from 0"),
        (
            ['51-["a",{"_placeholder":true}]', b"x"],
            "a placeholder for attachment None; count from 0",
        ),
        (
            ['51-["a",{"_placeholder":true,"num":true}]', b"x"],
            "a placeholder for attachment True; count from 0",
        ),
        (['51-["a"]', b"x"], "binary_event that has no bytes; binary_event and binary_ack do"),
    ],
)
def test_what_is_refused_says_why_and_the_next_packet_is_read(
    pieces: list[str | bytes], fault: str
) -> None:
    decoder = Decoder(most=2)
    *first, last = pieces
    for piece in first:
        decoder.feed(piece)
    with pytest.raises(PacketError, match=f"^{re.escape(fault)}$"):
        decoder.feed(last)
    assert decoder.feed('2["next"]') == event("next")


@pytest.mark.parametrize(
    "pieces", [["21-[1]"], ["50-[1]"], ["5[1]"], ["2[NaN]"], ['51-["a",{"_placeholder":1}]', b"x"]]
)
def test_python_socketio_lets_some_of_that_pass(pieces: list[Any]) -> None:
    """It checks neither the number of attachments nor the shape of the data; we do."""
    TheirPacket(encoded_packet=pieces[0])
    decoder = Decoder()
    with pytest.raises(PacketError):
        for piece in pieces:
            decoder.feed(piece)
