"""What is no packet is told, wherever the library would trip over it."""

from collections.abc import Sequence

import pytest
import socketio
from socketio.packet import Packet

from grader.clients.packets import MalformedError, own_its_errors, recording_packets

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
    with pytest.raises(MalformedError, match="an event is an array that begins with its name"):
        recording_packets(lambda _: None)(encoded_packet="2[1]")
