"""The page of step 1 of the other course."""

from echoing.checks.step01 import a_shout_is_heard_by_everybody
from echoing.words import WALL, WORD
from grader.browser.sights import Texts
from grader.checking.check import page_check
from grader.checking.scene import Scene


@page_check(points=1, hint="Put it on the wall.", needs=(a_shout_is_heard_by_everybody,))
async def the_wall_shows_a_shout(scene: Scene) -> None:
    """the wall shows what somebody shouts"""
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await amy.write(WORD, "Hello")
        turn.shows(amy, Texts(WALL, ("HELLO",)))
