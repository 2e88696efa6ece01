"""Step 10's page, Handling users: forms to register, to log in, and to write to one user."""

from grader.browser.page import Page
from grader.browser.sights import Texts, empty, hidden, named, visible
from grader.checking.check import page_check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.explaining.vocabulary import Place
from grader.makechat.checks import page03, step10, step10_leaving
from grader.makechat.checks.users import (
    hears_message,
    hears_no_message,
    reach,
    register,
    write,
)
from grader.makechat.people import write_to
from grader.makechat.places import (
    ACCOUNT,
    INBOX,
    LOGIN_INPUT,
    REGISTER_INPUT,
    TEXT_INPUT,
    TO_INPUT,
    WHOLE,
    inbox,
)

REPEATS = (page03.the_page_connects_by_itself,)

MARKUP = "<i>Hello</i>"  # where it becomes an element, the text is no longer there


async def _at_the_page(
    scene: Scene, place: Place, user: str, sender: ScriptedClient, where: str = ""
) -> Page:
    """Open a page, and register or log in there as a user, to whom somebody writes."""
    (page,) = await scene.visit(where or user)
    await page.write(place, user)
    await reach(scene, sender, user, page)
    return page


@page_check(
    points=2,
    hint='When the form is submitted, emit "registerUser" with {name: ...}. On "recMessage", '
    "append an element with data.msg to .message-container.",
    needs=(step10.a_message_reaches_its_user, page03.the_page_connects_by_itself),
)
async def who_registers_sees_the_messages(scene: Scene) -> None:
    """after registering, a user sees the messages and no forms"""
    terry, _ = await register(scene, "terry", "bob")
    amy = await _at_the_page(scene, REGISTER_INPUT, "amy", terry)
    async with scene.turn() as turn:
        await write(terry, "amy", "Is the kettle on?")
        turn.shows(amy, inbox("Is the kettle on?"), hidden(ACCOUNT))
    async with scene.turn() as turn:
        await write(terry, "amy", "Is it on?")
        turn.shows(amy, inbox("Is the kettle on?", "Is it on?"))


@page_check(
    points=2,
    hint='When the form is submitted, emit "sendAnotherUserAMessage" with the name and the text '
    "as {name: ..., msg: ...}, and empty the input of the message. event.preventDefault() keeps "
    "the browser from sending the form, too.",
    needs=(who_registers_sees_the_messages,),
)
async def the_form_writes_to_one_user(scene: Scene) -> None:
    """the message form writes to the user that it names"""
    terry, bob = await register(scene, "terry", "bob")
    amy = await _at_the_page(scene, REGISTER_INPUT, "amy", terry)
    async with scene.turn() as turn:
        await write_to(amy, "terry", "It is on.")
        hears_message(turn, terry, "It is on.", because=ONCE)
        hears_no_message(turn, bob, because="it is for terry")
        turn.shows(amy, empty(TEXT_INPUT))
    async with scene.turn() as turn:
        await write_to(amy, "bob", "Come over.")
        hears_message(turn, bob, "Come over.", because=ONCE)
        hears_no_message(turn, terry, because="it is for bob")
        turn.shows(amy, visible(TEXT_INPUT))


@page_check(
    points=1,
    hint="innerHTML makes elements of what others have typed, and runs what is in them. "
    "Set textContent.",
    needs=(who_registers_sees_the_messages,),
)
async def a_message_is_shown_as_text(scene: Scene) -> None:
    """a message with markup in it is shown as text"""
    terry, _ = await register(scene, "terry", "bob")
    amy = await _at_the_page(scene, REGISTER_INPUT, "amy", terry)
    async with scene.turn() as turn:
        await write(terry, "amy", MARKUP)
        turn.shows(amy, inbox(MARKUP))


@page_check(
    points=2,
    hint='On "noAccountFound", show data.msg, and the forms again.',
    needs=(step10.an_unknown_login_is_told, page03.the_page_connects_by_itself),
)
async def an_unknown_name_is_shown_the_forms_again(scene: Scene) -> None:
    """a login under an unknown name is told so, and can be tried again"""
    terry, _ = await register(scene, "terry", "bob")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await amy.write(LOGIN_INPUT, "amy")
        turn.shows(amy, Texts(WHOLE, some=("No account was found",)), visible(LOGIN_INPUT))
    await amy.write(REGISTER_INPUT, "amy")
    await reach(scene, terry, "amy", amy)
    async with scene.turn() as turn:
        await write(terry, "amy", "There you are.")
        turn.shows(amy, inbox("There you are."))


@page_check(
    points=2,
    hint='When the other form is submitted, emit "loginUser" with {name: ...}.',
    needs=(who_registers_sees_the_messages, step10.a_login_moves_the_messages),
)
async def who_logs_in_elsewhere_reads_there(scene: Scene) -> None:
    """a user who logs in on a second page gets the messages there"""
    terry, _ = await register(scene, "terry", "bob")
    first = await _at_the_page(scene, REGISTER_INPUT, "amy", terry, "amy's tab")
    second = await _at_the_page(scene, LOGIN_INPUT, "amy", terry, "amy's phone")
    async with scene.turn() as turn:
        await write(terry, "amy", "Where are you now?")
        turn.shows(second, inbox("Where are you now?"))
        turn.shows(first, inbox(without=["Where are you now?"]))


@page_check(
    points=1,
    hint='After a lost connection the page has a new socket. On "connect", emit "loginUser" where '
    "there is a name already.",
    needs=(who_logs_in_elsewhere_reads_there, step10_leaving.who_left_can_log_in_again),
)
async def who_was_lost_is_logged_in_again(scene: Scene) -> None:
    """a user who lost the connection is logged in again when it is back"""
    terry, _ = await register(scene, "terry", "bob")
    amy = await _at_the_page(scene, REGISTER_INPUT, "amy", terry)
    await amy.lose_connection()
    await reach(scene, terry, "amy", amy)
    async with scene.turn() as turn:
        await write(terry, "amy", "Welcome back!")
        turn.shows(amy, inbox("Welcome back!"))


@page_check(
    points=1,
    hint="Write a <label> with for= before each input; a placeholder is no label. Use <input> "
    "and <button>: the Tab key reaches them.",
    needs=(who_registers_sees_the_messages,),
)
async def one_can_do_it_by_keyboard(scene: Scene) -> None:
    """a user can register by keyboard alone, and each input has a label"""
    terry, _ = await register(scene, "terry", "bob")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        turn.shows(amy, named(REGISTER_INPUT), named(LOGIN_INPUT))
    await amy.write_by_keyboard(REGISTER_INPUT, "amy")
    await reach(scene, terry, "amy", amy)
    async with scene.turn() as turn:
        turn.shows(amy, named(TO_INPUT), named(TEXT_INPUT), visible(INBOX))
