"""Step 12's page, Who has what open: panels that open and close, and a list of who has which."""

from grader.checking.check import page_check
from grader.checking.scene import Scene
from grader.makechat.checks import modals, page03, step12
from grader.makechat.checks.modals import CLOSED, OPENED
from grader.makechat.places import PANEL, PANEL_BUTTONS, opened

REPEATS = (page03.the_page_connects_by_itself,)

MARKUP = "<i>Orders</i>"  # where it becomes an element, the text is no longer there


@page_check(
    points=2,
    hint='On "recModalInfo", empty the list, and add an element for each pair of data.info: '
    "[socket id, modal identifier].",
    needs=(step12.all_are_told_what_is_closed, page03.the_page_connects_by_itself),
)
async def the_page_lists_what_is_open(scene: Scene) -> None:
    """the page lists what others have open, and not what they closed"""
    terry, bob = await scene.open("terry", "bob")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await terry.emit(OPENED, {"modalIdentifier": "invoices"})
        turn.shows(amy, opened("invoices", without=["undefined", "null"]))
    async with scene.turn() as turn:
        await bob.emit(OPENED, {"modalIdentifier": "holidays"})
        turn.shows(amy, opened("invoices", "holidays"))
    async with scene.turn() as turn:
        await terry.emit(CLOSED)
        turn.shows(amy, opened("holidays", without=["invoices"]))


@page_check(
    points=1,
    hint='Handle "recModalInfo" as soon as the script runs: it comes right after connecting.',
    needs=(the_page_lists_what_is_open, step12.who_connects_is_told),
)
async def a_later_page_lists_it_too(scene: Scene) -> None:
    """a page that is opened later lists what was open before"""
    (terry,) = await scene.open("terry")
    await modals.opened(scene, (terry, "invoices"))
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        turn.shows(amy, opened("invoices"))


@page_check(
    points=2,
    hint='When a panel is opened, emit "openedModal" with {modalIdentifier: ...}, the key that the '
    "server reads. Of the list that comes, show a line for each pair.",
    needs=(the_page_lists_what_is_open,),
)
async def an_opened_panel_is_listed(scene: Scene) -> None:
    """a user who opens a panel is listed with it in all pages"""
    amy, terry = await scene.visit("amy", "terry")
    async with scene.turn() as turn:
        await amy.click_button(PANEL_BUTTONS, "Orders")
        turn.shows((amy, terry), opened("orders"))
    (bob,) = await scene.open("bob")
    async with scene.turn() as turn:
        await terry.click_button(PANEL_BUTTONS, "Stock")
        turn.shows((amy, terry), opened("orders", "stock"))
    async with scene.turn() as turn:
        await bob.emit(OPENED, {"modalIdentifier": "orders"})
        turn.shows((amy, terry), opened("orders", "orders", "stock"))


@page_check(
    points=2,
    hint='A <dialog> has the event "close", however it is closed. On it, emit "closedModal".',
    needs=(an_opened_panel_is_listed,),
)
async def a_closed_panel_is_not_listed(scene: Scene) -> None:
    """a panel that is closed, by button or Escape, is listed no more"""
    amy, terry = await scene.visit("amy", "terry")
    for panel, close in (("Orders", "button"), ("Stock", "key")):
        async with scene.turn() as turn:
            await amy.click_button(PANEL_BUTTONS, panel)
            turn.shows(terry, opened(panel))
        async with scene.turn() as turn:
            await (amy.click_button(PANEL, "Close") if close == "button" else amy.press("Escape"))
            turn.shows((amy, terry), opened(without=["orders", "stock"]))


@page_check(
    points=1,
    hint="innerHTML makes elements of what others have sent, and runs what is in them. "
    "Set textContent.",
    needs=(the_page_lists_what_is_open,),
)
async def an_identifier_is_shown_as_text(scene: Scene) -> None:
    """an identifier with markup in it is shown as text"""
    (terry,) = await scene.open("terry")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await terry.emit(OPENED, {"modalIdentifier": MARKUP})
        turn.shows(amy, opened(MARKUP))


@page_check(
    points=1,
    hint='After a lost connection the page has a new socket. On "connect", emit "openedModal" '
    "again where a panel is open.",
    needs=(an_opened_panel_is_listed, step12.who_leaves_has_nothing_open),
)
async def who_was_lost_has_it_open_again(scene: Scene) -> None:
    """a user who lost the connection is listed again after it"""
    amy, terry = await scene.visit("amy", "terry")
    async with scene.turn() as turn:
        await amy.click_button(PANEL_BUTTONS, "Orders")
        turn.shows(terry, opened("orders"))
    async with scene.turn() as turn:
        await amy.lose_connection()
        turn.shows((amy, terry), opened("orders"))
