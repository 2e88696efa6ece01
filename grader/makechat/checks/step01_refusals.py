"""Step 1: what a server must refuse, with which close code (RFC 6455, 5 and 7.4)."""

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.clients import frames
from grader.clients.frames import Opcode, Sending, frame
from grader.makechat.checks.step01 import upgraded
from grader.makechat.checks.step01_frames import (
    a_close_is_answered,
    a_text_comes_back,
    fragments_are_one_message,
)

NO_CODES = (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)


async def refused(scene: Scene, code: int, what: str, *data: bytes) -> None:
    """A new client sends frames that must be answered by a close with this code."""
    (amy,) = await upgraded(scene, "amy")
    async with scene.turn() as turn:
        await amy.send(Sending(what, (), b"".join(data)))
        turn.hears(amy, "close", code)
        turn.hears_some(amy, "end")


@check(
    points=1,
    hint="The first bit of a frame's second byte says whether it is masked. A client's always is: "
    "where it is not, send a close with code 1002 and end the connection.",
    needs=(a_text_comes_back,),
)
async def an_unmasked_frame_is_refused(scene: Scene) -> None:
    """an unmasked frame is answered with close 1002"""
    bare = frame(Opcode.TEXT, b"hello", masked=False)
    await refused(scene, 1002, "text, not masked", bare)


@check(
    points=2,
    hint="Bits 2 to 4 of a frame's first byte are reserved, and so are the opcodes 3 to 7 and 11 "
    "to 15. A control frame (8 and up) has FIN set and at most 125 bytes. Otherwise: close 1002.",
    needs=(a_text_comes_back,),
)
async def an_ill_frame_is_refused(scene: Scene) -> None:
    """a frame that breaks the protocol is answered with close 1002"""
    for reserved in (0b100, 0b010, 0b001):
        what = f"text, reserved bit {reserved:03b}"
        await refused(scene, 1002, what, frame(Opcode.TEXT, b"hello", reserved=reserved))
    for opcode in (0x3, 0xB):
        await refused(scene, 1002, f"frame of opcode {opcode:X}", frame(opcode, b"hello"))
    await refused(scene, 1002, "ping of 126 bytes", frame(Opcode.PING, bytes(126)))
    await refused(scene, 1002, "ping without FIN", frame(Opcode.PING, b"hello", final=False))


@check(
    points=1,
    hint="Remember whether a message has begun. A continuation where none has, and a text or a "
    "binary frame where one has: close 1002.",
    needs=(fragments_are_one_message,),
)
async def a_fragment_out_of_place_is_refused(scene: Scene) -> None:
    """a fragment out of place is answered with close 1002"""
    part = frame(Opcode.CONTINUATION, b"of nothing")
    await refused(scene, 1002, "continuation, and nothing to continue", part)
    begun = frame(Opcode.TEXT, b"one, ", final=False)
    end = frame(Opcode.CONTINUATION, b"and its end")
    await refused(scene, 1002, "text in 2 fragments, and a continuation", begun, end, part)
    for opcode, name in ((Opcode.TEXT, "text"), (Opcode.BINARY, "binary message")):
        what = f"text, fragment 1, and another {name}"
        await refused(scene, 1002, what, begun, frame(opcode, b"another"))


@check(
    points=1,
    hint="The payload of a close is empty, or begins with a code of two bytes. Only 1000 to 1003, "
    "1007 to 1014 and 3000 to 4999 may be sent: answer any other with a close of code 1002.",
    needs=(a_close_is_answered,),
)
async def an_ill_close_is_refused(scene: Scene) -> None:
    """a close with a code that may not be sent is answered with 1002"""
    for code in NO_CODES:
        await refused(scene, 1002, f"close with {code}", frames.close(code).data)
    await refused(scene, 1002, "close of one byte", frame(Opcode.CLOSE, b"\x03"))


@check(
    points=1,
    hint="What follows the two bytes of a close's code is its reason, a text. decode() it; where "
    "it is not UTF-8, answer with a close of code 1007.",
    needs=(a_close_is_answered,),
)
async def a_reason_that_is_not_utf8_is_refused(scene: Scene) -> None:
    """a reason that is not UTF-8 is answered with close 1007 or 1002"""
    for name, reason in (("amy", b"\xce\xba\xed\xa0\x80"), ("terry", b"\xffbye")):
        (client,) = await upgraded(scene, name)
        async with scene.turn() as turn:
            await client.send(frames.close(1001, reason))
            turn.hears_one_of(client, "close", (1007,), (1002,))
            turn.hears_some(client, "end")


@check(
    points=1,
    hint="decode() the whole message; where that raises a UnicodeDecodeError, send a close with "
    "code 1007 and end the connection.",
    needs=(a_text_comes_back,),
)
async def text_that_is_not_utf8_is_refused(scene: Scene) -> None:
    """text that is not UTF-8 is answered with close 1007"""
    await refused(scene, 1007, "text of the bytes ff fe", frame(Opcode.TEXT, b"\xff\xfe"))
    cut = "👋".encode()[:3]
    halves = (frame(Opcode.TEXT, cut[:1], final=False), frame(Opcode.CONTINUATION, cut[1:]))
    await refused(scene, 1007, "text, cut within a character, in 2 fragments", *halves)
