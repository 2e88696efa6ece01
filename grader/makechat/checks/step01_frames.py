"""Step 1, Start slacking: frames, byte by byte (RFC 6455, 5 to 8)."""

import random
from collections.abc import Sequence

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.clients import frames
from grader.clients.frames import (
    Opcode,
    Sending,
    binary,
    fragments,
    frame,
    get,
    ping,
    text,
    upgrade,
)
from grader.clients.libraries import AiohttpClient, WebsocketsClient
from grader.clients.websocket import RawClient
from grader.makechat.checks.step01 import a_valid_upgrade_is_accepted, accepted, upgraded

LENGTHS = (0, 125, 126, 65_535, 65_536, 70_000)  # bytes, at the borders of the forms of a length
CODES = (1000, 1001, 1003, 1007, 1011, 3000, 4321, 4999)  # RFC 6455, 7.4


async def says(scene: Scene, client: RawClient, message: str) -> None:
    """The client sends a text and gets it back."""
    async with scene.turn() as turn:
        await client.send(text(message))
        turn.hears(client, "text", message)


@check(
    points=2,
    hint="Read two bytes, the key, the payload; unmask byte i with key[i % 4]. The answer's first "
    "byte is 0x81, its second the length, and then comes the text, not masked.",
    needs=(a_valid_upgrade_is_accepted,),
)
async def a_text_comes_back(scene: Scene) -> None:
    """a text message comes back the same, unmasked"""
    (amy,) = await upgraded(scene, "amy")
    for message in ("hello, server", "are you there? do you hear me?", "Grüße, 世界 👋"):
        await says(scene, amy, message)


@check(
    points=1,
    hint="TCP carries bytes, not packets: readuntil() reads up to the blank line, and keeps what "
    "comes after it. What else you read with the head is the beginning of a frame.",
    needs=(a_text_comes_back,),
)
async def a_frame_may_follow_the_head(scene: Scene) -> None:
    """a frame that comes together with the request is not lost"""
    amy = await scene.dial("amy", RawClient)
    async with scene.turn() as turn:
        await amy.send(get(upgrade()), text("in the same packet"))
        turn.answers(amy, 101, accepted())
        turn.hears(amy, "text", "in the same packet")


@check(
    points=2,
    hint=(
        "A length of 126 says that the next 2 bytes hold it, 127 the next 8; "
        "big-endian. That holds for what you read and for what you write."
    ),
    needs=(a_text_comes_back,),
)
async def every_length_comes_back(scene: Scene) -> None:
    """texts of 0 to 70,000 bytes come back, in every form of length"""
    (amy,) = await upgraded(scene, "amy")
    for length in LENGTHS:
        await says(scene, amy, _of_length(length))


@check(
    points=2,
    hint="FIN is the first bit of a frame. Gather the payloads until it is set, and decode the "
    "whole: a fragment may be empty, and may end within a character.",
    needs=(a_text_comes_back,),
)
async def fragments_are_one_message(scene: Scene) -> None:
    """a text sent in fragments comes back as one message"""
    (amy,) = await upgraded(scene, "amy")
    for message, cuts in (
        ("one text in three parts", (4, 12)),
        ("nothing at its ends", (0, 7, 7, 19)),
        ("näh: 👋", (2, 7)),
    ):
        async with scene.turn() as turn:
            for part in fragments(message, *cuts):
                await amy.send(part)
            turn.hears(amy, "text", message)
    await says(scene, amy, "and one in one")


@check(
    points=2,
    hint=(
        "The opcode of a message's first frame says what it is: 1 is text, 2 binary. "
        "Send it back with that opcode and the same bytes: they need not be text."
    ),
    needs=(a_text_comes_back, fragments_are_one_message),
)
async def a_binary_message_comes_back(scene: Scene) -> None:
    """a binary message comes back the same, as a binary message"""
    (amy,) = await upgraded(scene, "amy")
    for message in (b"", *(_bytes_of_length(length) for length in (256, 65_536))):
        async with scene.turn() as turn:
            await amy.send(binary(message))
            turn.hears(amy, "binary", message)
    async with scene.turn() as turn:
        for part in fragments(_bytes_of_length(300), 0, 100, 255):
            await amy.send(part)
        turn.hears(amy, "binary", _bytes_of_length(300))
    await says(scene, amy, "and a text in between")


@check(
    points=2,
    hint="Opcode 9 is a ping: answer with a frame of opcode 10 that has the same payload. It may "
    "come between the fragments of a message, and is no part of it.",
    needs=(a_text_comes_back,),
)
async def a_ping_is_answered(scene: Scene) -> None:
    """a ping is answered with its payload, also between fragments"""
    (amy,) = await upgraded(scene, "amy")
    for payload in ("are you there?", "", "x" * 125):
        async with scene.turn() as turn:
            await amy.send(ping(payload.encode()))
            turn.hears(amy, "pong", payload)
            because = "a ping is answered by a pong"
            turn.never_hears(amy, "ping", (payload,), because=because)
    message = "one text in two parts"
    first, last = fragments(message, 8)
    async with scene.turn() as turn:
        for part in (first, ping(b"still there?"), last):
            await amy.send(part)
        turn.hears(amy, "pong", "still there?")
        turn.hears(amy, "text", message)
    many = [bytes([0xFF, number]) for number in range(10)]  # which are no texts
    async with scene.turn() as turn:
        await amy.send(*map(ping, many))
        turn.hears(amy, "pong", *many)
    async with scene.turn() as turn:
        await amy.send(Sending("pong", ("unasked",), frame(Opcode.PONG, b"unasked")))
        because = "a pong wants no answer"
        turn.never_hears(amy, "ping", ("unasked",), because=because)
        for event in ("pong", "text"):
            turn.hears_nothing(amy, event, because=because)


@check(
    points=2,
    hint="Opcode 8 is a close; its first two bytes are the code. Send a close with the same code, "
    "then end the connection: writer.close().",
    needs=(a_text_comes_back,),
)
async def a_close_is_answered(scene: Scene) -> None:
    """a close is answered with its own code, then the connection ends"""
    for code, reason in (*((code, b"") for code in CODES), (1000, "Grüße 👋".encode())):
        (client,) = await upgraded(scene, "amy")
        await says(scene, client, "goodbye")
        async with scene.turn() as turn:
            await client.send(frames.close(code, reason))
            turn.hears(client, "close", code)
            turn.hears_some(client, "end")
    (client,) = await upgraded(scene, "amy")
    async with scene.turn() as turn:
        await client.send(frames.close())
        turn.hears_one_of(client, "close", (1000,), ())
        turn.hears_some(client, "end")


@check(
    points=2,
    hint="However frames are packed into packets, read by count: readexactly(n) gives n bytes, "
    "neither more nor fewer, and leaves the rest for the next read.",
    needs=(every_length_comes_back, fragments_are_one_message),
)
async def a_hundred_messages_come_back(scene: Scene) -> None:
    """a hundred messages come back, however they are cut into frames"""
    (amy,) = await upgraded(scene, "amy")
    async with scene.turn() as turn:
        await amy.send(text("two texts"), text("in one packet"))
        turn.hears(amy, "text", "two texts", "in one packet")
    chance = random.Random(1)
    for size in (8, 30, 60):  # messages at a time
        messages = [_some_text(chance) for _ in range(size)]
        async with scene.turn() as turn:
            sendings = [part for message in messages for part in _fragmented(chance, message)]
            await amy.send(*sendings, cuts=_cuts(chance, sendings))
            turn.hears(amy, "text", *messages)


@check(
    points=2,
    hint="Each connection has a coroutine of its own, with variables of its own. Whatever one "
    "client does, and however it goes, the others are served.",
    needs=(a_text_comes_back,),
)
async def clients_do_not_disturb_each_other(scene: Scene) -> None:
    """clients do not disturb each other, however one of them leaves"""
    amy, terry = await upgraded(scene, "amy", "terry")
    mine, other = "from amy, in two parts", "from terry, in two parts"
    async with scene.turn() as turn:
        for part, another in zip(fragments(mine, 9), fragments(other, 11), strict=True):
            await amy.send(part)
            await terry.send(another)
        turn.hears(amy, "text", mine, because="amy did not send it")
        turn.hears(terry, "text", other, because="terry did not send it")
    async with scene.turn():
        await terry.send(fragments("never to end", 5)[0])
        await terry.cut()
    stranger = await scene.dial("stranger", RawClient)
    scene.conversation.dismissed.add(stranger.name)  # the server may hang up on what is no HTTP
    await stranger.send(Sending("no HTTP", (), bytes(range(128, 256)) * 1024))
    await stranger.cut()
    await says(scene, amy, "still here")
    (bob,) = await upgraded(scene, "bob")
    await says(scene, bob, "new here")


@check(
    points=2,
    hint="The answer to the upgrade must promise nothing that was not offered, and the close must "
    "be answered: libraries insist on both.",
    needs=(a_text_comes_back,),
)
async def libraries_can_talk_to_it(scene: Scene) -> None:
    """the WebSocket clients of aiohttp and websockets can talk to it"""
    for name, library in (("amy", AiohttpClient), ("terry", WebsocketsClient)):
        client = await scene.dial(name, library)
        for message in (f"hello from {client.library}", _of_length(70_000)):
            async with scene.turn() as turn:
                await client.say(message)
                turn.hears(client, "text", message)
        async with scene.turn() as turn:
            await client.leave()
            turn.hears(client, "close", 1000)


def _of_length(length: int) -> str:
    """A text of so many bytes, no two parts of which look alike."""
    return "".join(f"{i:06} " for i in range(length // 7 + 1))[:length]


def _bytes_of_length(length: int) -> bytes:
    """So many bytes, most of which are no text."""
    return bytes(i * 7 % 256 for i in range(length))


def _some_text(chance: random.Random) -> str:
    length = chance.choice((0, 1, 5, 40, 124, 126, 400))
    return "".join(chance.choices("abc xyz,.!?äß€世界👋", k=length))


def _fragmented(chance: random.Random, message: str) -> list[Sending]:
    size = len(message.encode())
    many = chance.choice((0, 0, 1, 4))
    return fragments(message, *sorted(chance.randint(0, size) for _ in range(many)))


def _cuts(chance: random.Random, sendings: Sequence[Sending]) -> tuple[int, ...]:
    size = sum(len(one.data) for one in sendings)
    return tuple(sorted(chance.sample(range(1, size), min(12, size - 1))))
