"""Step 4's page, Join the chat: the form sends the name, and every page lists who joins."""

from grader.check import page_check
from grader.checks import step04
from grader.scene import Scene
from grader.sights import CHAT, NAME_FORM, hidden, visible

# As HTML it would be an image, and no text; the check is alone in looking for it.
MARKUP = "<img src=/public/index.js alt=Mallory>"

_HEARD = (step04.the_sender_hears_new_user, step04.everybody_else_hears_new_user)


@page_check(
    points=2,
    hint='Listen for "submit" on the form, call event.preventDefault(), and emit "new user" '
    "with the input's value.",
    needs=_HEARD,
)
async def the_form_sends_the_name(scene: Scene) -> None:
    """the name form sends `new user` with the name, once"""
    (terry,) = await scene.open("terry")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await amy.join()
        turn.hears(terry, "new user", "amy", because="once is enough")


@page_check(
    points=1,
    hint="When the form is submitted, set its hidden to true and that of .main-container to "
    "false. The CSS of your own may have to leave [hidden] alone.",
    needs=(the_form_sends_the_name,),
)
async def the_form_gives_way_to_the_chat(scene: Scene) -> None:
    """who has joined sees the chat instead of the form"""
    amy, terry = await scene.visit("amy", "terry")
    async with scene.turn() as turn:
        await amy.join()
        turn.shows(amy, hidden(NAME_FORM), visible(CHAT))
        turn.shows(terry, visible(NAME_FORM), hidden(CHAT))


CHECKS = (the_form_sends_the_name, the_form_gives_way_to_the_chat)
