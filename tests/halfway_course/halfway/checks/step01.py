"""Checks of an echo over WebSocket; all but the first have faults that checks of step 1 had."""

from itertools import count

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.clients import frames
from grader.clients.frames import get, text, upgrade
from grader.clients.websocket import RawClient
from grader.makechat import vocabulary

VOCABULARY = vocabulary.ECHO

_RACES = count()  # that have been run
_ACCEPTED = {"Sec-WebSocket-Accept": frames.accept_of(frames.SAMPLE_KEY)}


@check(points=1, hint="Answer 101.")
async def an_upgrade_is_accepted(scene: Scene) -> None:
    """an upgrade is answered with 101"""
    amy = await scene.dial("amy", RawClient)
    async with scene.turn() as turn:
        await amy.ask(get(upgrade()))
        turn.answers(amy, 101, _ACCEPTED)


@check(points=1, hint="Answer 101.")
async def an_upgrade_is_accepted_as_it_happens(scene: Scene) -> None:
    """an upgrade is answered with 101, whatever comes after it"""
    # Whether the end of the connection comes before the verdict: here every second time.
    late = next(_RACES) % 2
    amy = await scene.dial("amy", RawClient)
    async with scene.turn() as turn:
        await amy.send(get(upgrade()))
        turn.answers(amy, 101, _ACCEPTED)
    if late:
        await scene.until(lambda: not amy.connected, 0.25)
    await amy.leave()


@check(points=1, hint="Keep what comes after the head.")
async def a_frame_may_follow_the_head(scene: Scene) -> None:
    """a frame that comes together with the request is not lost"""
    amy = await scene.dial("amy", RawClient)
    async with scene.turn() as turn:
        await amy.send(get(upgrade()), text("in the same packet"))
        turn.answers(amy, 101, _ACCEPTED)
        turn.hears(amy, "text", "in the same packet")


@check(points=1, hint="Leave X-Echo away.")
async def the_answer_promises_no_echo(scene: Scene) -> None:
    """the answer promises no echo"""
    amy = await scene.dial("amy", RawClient)
    async with scene.turn() as turn:
        await amy.ask(get(upgrade()))
        turn.answers(amy, 101, _ACCEPTED, without="X-Echo", because="it should promise nothing")
