"""Step 1 of the other course."""

from echoing.words import WORDS
from grader.checking.check import check
from grader.checking.scene import Scene

VOCABULARY = WORDS


@check(points=2, hint="Emit it in capitals.")
async def a_shout_is_heard_by_everybody(scene: Scene) -> None:
    """everybody hears a shout in capitals"""
    amy, terry = await scene.open("amy", "terry")
    async with scene.turn() as turn:
        await amy.emit("shout", "Hello")
        turn.hears((amy, terry), "echoed", "HELLO")


@check(points=1, hint="Answer the sender alone.", needs=(a_shout_is_heard_by_everybody,))
async def a_whisper_is_heard_by_its_sender(scene: Scene) -> None:
    """only the sender hears a whisper"""
    amy, terry = await scene.open("amy", "terry")
    async with scene.turn() as turn:
        await amy.emit("whisper", "Psst")
        turn.hears(amy, "echoed", "psst")
        turn.hears_nothing(terry, "echoed", because="terry did not whisper")
