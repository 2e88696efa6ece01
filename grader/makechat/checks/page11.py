"""Step 11's page, A room per user: two tabs of one user, and a button to log out."""

import contextlib

from grader.browser.page import Page
from grader.browser.sights import hidden, visible
from grader.checking.check import page_check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.history.conversation import Kind
from grader.history.findings import CheckFailed, Fault, Finding
from grader.makechat.checks import page03, step11
from grader.makechat.checks.users import (
    HEAR,
    LEAVE,
    enter,
    hears_message,
    hears_no_message,
    reach,
    received,
    write,
)
from grader.makechat.people import write_to
from grader.makechat.places import ACCOUNT, LOGIN_INPUT, LOGOUT_BUTTON, TEXT_INPUT, inbox

REPEATS = (page03.the_page_connects_by_itself,)


async def _log_in(scene: Scene, where: str, sender: ScriptedClient) -> Page:
    """Open a page, and log in there as amy, to whom somebody writes."""
    (page,) = await scene.visit(where)
    await page.write(LOGIN_INPUT, "amy")
    await reach(scene, sender, "amy", page)
    return page


@page_check(
    points=2,
    hint='When the form is submitted, emit "userConnected" with the name alone, no object. Then '
    "hide the form, and show the messages.",
    needs=(step11.all_tabs_hear_it, page03.the_page_connects_by_itself),
)
async def two_tabs_show_the_message(scene: Scene) -> None:
    """two tabs of one user both show a message"""
    (terry,) = await scene.open("terry")
    tab = await _log_in(scene, "amy's tab", terry)
    phone = await _log_in(scene, "amy's phone", terry)
    async with scene.turn() as turn:
        await write(terry, "amy", "Where are you?")
        turn.shows((tab, phone), inbox("Where are you?"), hidden(ACCOUNT))


@page_check(
    points=1,
    hint='The form emits "sendAnotherUserAMessage" with {name: ..., msg: ...}, as in step 10.',
    needs=(two_tabs_show_the_message,),
)
async def the_form_writes_to_a_room(scene: Scene) -> None:
    """the message form writes to all tabs of a user"""
    tab, phone, bob = await scene.open("terry's tab", "terry's phone", "bob")
    await enter(scene, "terry", bob, tab, phone)
    await enter(scene, "bob", tab, bob)
    amy = await _log_in(scene, "amy", bob)
    async with scene.turn() as turn:
        await write_to(amy, "terry", "Buy milk.")
        hears_message(turn, (tab, phone), "Buy milk.", because=ONCE)
    async with scene.turn() as turn:
        await write_to(amy, "bob", "And tea.")
        hears_message(turn, bob, "And tea.", because=ONCE)
        hears_no_message(turn, tab, phone, because="it is for bob")
        turn.shows(amy, visible(TEXT_INPUT))


@page_check(
    points=2,
    hint='On a click, emit "userDisconnected" with the name, and show the form again. The next '
    "user begins with an empty list.",
    needs=(two_tabs_show_the_message, step11.who_leaves_the_room_hears_no_more),
)
async def who_logs_out_hears_no_more(scene: Scene) -> None:
    """a user who logs out in one tab gets nothing more there"""
    (terry,) = await scene.open("terry")
    tab = await _log_in(scene, "amy's tab", terry)
    phone = await _log_in(scene, "amy's phone", terry)
    async with scene.turn() as turn:
        await write(terry, "amy", "It is your turn.")
        turn.shows((tab, phone), inbox("It is your turn."))
    await _log_out(scene, tab)
    await _gets_nothing(scene, tab, phone, terry)
    await tab.write(LOGIN_INPUT, "bob")
    await reach(scene, terry, "bob", tab)
    async with scene.turn() as turn:
        await write(terry, "bob", "Here again?")
        turn.shows(tab, inbox("Here again?", without=["It is your turn."]))


@page_check(
    points=1,
    hint='After a lost connection the page has a new socket, in no room. On "connect", emit '
    '"userConnected" where there is a name already.',
    needs=(two_tabs_show_the_message,),
)
async def who_was_lost_is_in_the_room_again(scene: Scene) -> None:
    """a user who lost the connection gets messages once it is back"""
    (terry,) = await scene.open("terry")
    amy = await _log_in(scene, "amy", terry)
    await amy.lose_connection()
    await reach(scene, terry, "amy", amy)
    async with scene.turn() as turn:
        await write(terry, "amy", "Welcome back!")
        turn.shows(amy, inbox("Welcome back!"))


@page_check(
    points=1,
    hint="The page keeps the name to enter the room again after a lost connection. Forget it at "
    "the logout.",
    needs=(who_logs_out_hears_no_more, who_was_lost_is_in_the_room_again),
)
async def who_logged_out_stays_out_of_the_room(scene: Scene) -> None:
    """a user who logged out is in no room after a lost connection"""
    (terry,) = await scene.open("terry")
    tab = await _log_in(scene, "amy's tab", terry)
    phone = await _log_in(scene, "amy's phone", terry)
    await _log_out(scene, tab)
    # A page may be without a socket until somebody logs in again, or have taken a new one.
    with contextlib.suppress(CheckFailed):
        await tab.lose_connection()
    await _gets_nothing(scene, tab, phone, terry)


async def _log_out(scene: Scene, page: Page) -> None:
    """Click on "Log out"; what the page tells the server of it is under way then."""
    async with scene.turn() as turn:
        await page.click_button(LOGOUT_BUTTON, "Log out")
        turn.shows(page, visible(ACCOUNT))

    def told() -> bool:
        entries = scene.conversation.entries
        return any(e.kind is Kind.SENT and e.event == LEAVE for e in entries)

    await scene.until(told)


async def _gets_nothing(scene: Scene, page: Page, other: Page, sender: ScriptedClient) -> None:
    """Write to amy, who has logged out on the page and not on the other: that one alone hears it.

    The first text may still find the page in the room.
    """
    last = "In one tab, yes."
    for text in ("Has she left?", last):
        async with scene.turn() as turn:
            await write(sender, "amy", text)
            turn.shows(other, inbox(text))
    entries = scene.conversation.entries
    surplus = [
        Finding(Fault.SURPLUS, page.name, HEAR, None, entries[i].args, i, "amy logged out here")
        for i in scene.conversation.heard(page.name, HEAR)
        if entries[i].args == tuple(received(last))
    ]
    if surplus:
        raise scene.failed(surplus, 0)
