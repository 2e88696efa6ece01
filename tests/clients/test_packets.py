"""What is no packet is told, wherever the library would trip over it."""

from collections.abc import Sequence

import pytest
import socketio
from socketio.packet import Packet

from grader.clients.packets import (
    MalformedPacketError,
    arguments,
    own_its_errors,
    recording_packets,
    recovers,
    sid_of,
)

MESSAGES: list[Sequence[str | bytes]] = [
    ["9"],
    ["7[]"],
    ["2"],
    ["2{}"],
    ["2[]"],
    ["2[1]"],
    ["2[[[["],
    ["3[]"],
    ["31"],
    ["31{}"],
    ["0[]"],
    ['0"sid"'],
    ["x"],
    [""],
    [b"bytes that nothing has announced"],
    ['51-["a",{"_placeholder":true,"num":7}]', b"bytes"],
    ['51-["a",{"_placeholder":true,"num":"x"}]', b"bytes"],
]


class Listener:
    """A client of the library whose errors are owned."""

    def __init__(self) -> None:
        self.taken: list[Packet] = []
        self.malformed: list[str] = []
        self.failed: list[Exception] = []
        self.sio = socketio.AsyncClient(serializer=recording_packets(self.take))
        own_its_errors(
            self.sio, lambda message, _: self.malformed.append(message), self.failed.append
        )

    def take(self, packet: Packet) -> None:
        self.taken.append(packet)

    async def receive(self, *messages: str | bytes) -> None:
        for message in messages:
            await self.sio.eio.handlers["message"](message)


@pytest.mark.parametrize("messages", MESSAGES)
async def test_what_is_no_packet_is_malformed(messages: Sequence[str | bytes]) -> None:
    listener = Listener()
    await listener.receive(*messages)
    assert (listener.taken, listener.malformed) == ([], [repr(messages[-1])])
    assert not listener.failed


@pytest.mark.parametrize(
    "connect", ["0", "0{}", '0{"sid":1}', '0{"sid":"\\ud800"}', '0{"sid":"a\\nb"}']
)
async def test_a_connection_is_confirmed_with_a_socket_id(connect: str) -> None:
    listener = Listener()
    await listener.receive(connect)
    assert (listener.taken, listener.malformed) == ([], [repr(connect)])


@pytest.mark.parametrize(("connect", "sid"), [('0{"sid":"a"}', "a"), ('0{"sid":1}', ""), ("0", "")])
def test_the_socket_id_of_a_connection(connect: str, sid: str) -> None:
    assert sid_of(Packet(encoded_packet=connect)) == sid


async def test_packets_are_taken_in_their_order() -> None:
    listener = Listener()
    await listener.receive('2["a",1]', '51-["b",{"_placeholder":true,"num":0}]', b"c", '31["ok"]')
    assert [packet.data for packet in listener.taken] == [["a", 1], ["b", b"c"], ["ok"]]
    assert not listener.malformed


async def test_an_error_of_who_takes_a_packet_is_not_the_packets_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def take(self: Listener, packet: Packet) -> None:
        raise ValueError("our own")

    monkeypatch.setattr(Listener, "take", take)
    monkeypatch.setattr("grader.history.blame._GRADER", __file__.rpartition("/")[0])
    listener = Listener()
    await listener.receive('2["a"]')
    assert [str(error) for error in listener.failed] == ["our own"]
    assert not listener.malformed


def test_what_is_malformed_says_why() -> None:
    with pytest.raises(
        MalformedPacketError, match="an event is an array that begins with its name"
    ):
        recording_packets(lambda _: None)(encoded_packet="2[1]")


@pytest.mark.parametrize(
    ("wire", "payload"),
    [
        ('2["user count",1,"Q8PBDcJ"]', (1,)),
        ('2["user count",1,"Q8P79n1.0"]', (1,)),
        ('2["pong","Q8PBDcJ"]', ()),
        ('2["user count",1]', (1,)),
        ('2["new user","amy"]', ("amy",)),
        ('2["user count",1,"General, it is"]', (1, "General, it is")),
    ],
)
async def test_an_offset_is_no_argument_where_a_connection_can_be_recovered(
    wire: str, payload: tuple[object, ...]
) -> None:
    listener = Listener()
    await listener.receive('0{"sid":"a","pid":"b"}', wire)
    connect, event = listener.taken
    assert arguments(event, recovers=recovers(connect)) == payload


async def test_without_a_private_id_every_argument_counts() -> None:
    listener = Listener()
    await listener.receive('0{"sid":"a"}', '2["user count",1,"Q8PBDcJ"]')
    connect, event = listener.taken
    assert arguments(event, recovers=recovers(connect)) == (1, "Q8PBDcJ")
