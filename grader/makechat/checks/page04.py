"""Step 4's page, Join the chat: the form sends the name, and every page lists who joins."""

from grader.browser.sights import hidden, named, visible
from grader.checking.check import page_check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.makechat.checks import page03, step04
from grader.makechat.people import join
from grader.makechat.places import CHAT, NAME_FORM, NAME_INPUT, users

REPEATS = (page03.the_page_connects_by_itself,)

MARKUP = "<i>Mallory</i>"  # where it becomes an element, the text is no longer there

_JOINING = "new user"


@page_check(
    points=2,
    hint='Listen for "submit" on the form, call event.preventDefault(), and emit "new user" '
    "with the input's value.",
    needs=(step04.everybody_else_hears_new_user, page03.the_page_connects_by_itself),
)
async def the_form_sends_the_name(scene: Scene) -> None:
    """the name form sends `new user` with the name, once"""
    (terry,) = await scene.open("terry")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await join(amy)
        turn.hears(terry, _JOINING, "amy", because=ONCE)


@page_check(
    points=1,
    hint='A <button> without a type sends its form. Listen for "submit" on the form: '
    "that is what Enter and the button both lead to.",
    needs=(the_form_sends_the_name,),
)
async def the_button_sends_the_name_too(scene: Scene) -> None:
    """the form's button does what Enter does"""
    (terry,) = await scene.open("terry")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await amy.write(NAME_INPUT, "amy", by_button=True)
        turn.hears(terry, _JOINING, "amy", because=ONCE)


@page_check(
    points=1,
    hint="Give the input the attribute required: the browser then sends no form without a name.",
    needs=(the_form_sends_the_name,),
)
async def an_empty_name_is_not_sent(scene: Scene) -> None:
    """an empty name is not sent"""
    (terry,) = await scene.open("terry")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await amy.write(NAME_INPUT, "")
        await join(amy)  # over the same connection: after it nothing else is under way
        turn.hears(terry, _JOINING, "amy", because="there was no other name")


@page_check(
    points=1,
    hint="When the form is submitted, set its hidden to true and that of .main-container to "
    "false. A display in your own CSS shows what is hidden: mind [hidden] there.",
    needs=(the_form_sends_the_name,),
)
async def the_form_gives_way_to_the_chat(scene: Scene) -> None:
    """after joining, a user sees the chat instead of the form"""
    amy, terry = await scene.visit("amy", "terry")
    async with scene.turn() as turn:
        await join(amy)
        turn.shows(amy, hidden(NAME_FORM), visible(CHAT))
        turn.shows(terry, visible(NAME_FORM), hidden(CHAT))


@page_check(
    points=2,
    hint='On "new user", make an element with the name and append it to .users-online. '
    "The server tells everybody, the one who joins too: no page need add its own name.",
    needs=(the_form_sends_the_name,),
)
async def every_page_lists_who_joins(scene: Scene) -> None:
    """every page lists a user who joins, once"""
    (bob,) = await scene.open("bob")
    amy, terry = await scene.visit("amy", "terry")
    await scene.join(amy)
    async with scene.turn() as turn:
        await join(terry)
        turn.shows(terry, users("terry"))
        turn.shows(amy, users("amy", "terry"))
    async with scene.turn() as turn:
        await join(bob)
        turn.shows((amy, terry), users("terry", "bob"))


@page_check(
    points=2,
    hint="innerHTML makes elements of what others have typed, and runs what is in them. "
    "Set textContent.",
    needs=(every_page_lists_who_joins,),
)
async def a_name_is_shown_as_text(scene: Scene) -> None:
    """a name with markup in it is shown as text"""
    (mallory,) = await scene.open("mallory")
    (amy,) = await scene.visit("amy")
    await scene.join(amy)
    async with scene.turn() as turn:
        await mallory.emit(_JOINING, MARKUP)
        turn.shows(amy, users(MARKUP))


@page_check(
    points=1,
    hint='Write <label for="username-input"> before the input; a placeholder is no label. '
    "Use <input> and <button>: the Tab key reaches them.",
    needs=(the_form_sends_the_name,),
)
async def one_can_join_by_keyboard(scene: Scene) -> None:
    """a user can join by keyboard alone, and the input has a label"""
    (terry,) = await scene.open("terry")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        turn.shows(amy, named(NAME_INPUT))
    async with scene.turn() as turn:
        await amy.write_by_keyboard(NAME_INPUT, "amy")
        turn.hears(terry, _JOINING, "amy")
