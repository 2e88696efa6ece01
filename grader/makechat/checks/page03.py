"""Step 3's page, Connection inspection: it connects by itself, and again."""

from grader.browser.sights import connected
from grader.checking.check import page_check
from grader.checking.scene import Scene
from grader.makechat.checks import page02, step03

REPEATS = (page02.nothing_goes_wrong_in_the_page,)


@page_check(
    points=2,
    hint='import { io } from "/static/socket.io.js" and call io() once, with no address: '
    "it connects to the server that the page came from.",
    needs=(step03.takes_a_client_over_polling,),
)
async def the_page_connects_by_itself(scene: Scene) -> None:
    """the page connects when it is opened"""
    await scene.visit("amy")


@page_check(
    points=1,
    hint="io() makes a connection each time it is called: call it once.",
    needs=(the_page_connects_by_itself, step03.each_connection_is_printed_once),
)
async def each_page_has_one_connection(scene: Scene) -> None:
    """two pages have one connection each, and both are printed"""
    async with scene.turn() as turn:
        turn.prints("New user connected", times=2)
        pages = await scene.visit("amy", "terry")
        turn.shows(pages, connected())


@page_check(
    points=1,
    hint="The Socket.IO client connects again by itself: leave reconnection alone, and do not "
    "close the socket when the connection is lost.",
    needs=(each_page_has_one_connection,),
)
async def the_page_connects_again(scene: Scene) -> None:
    """the page connects again after it has lost the connection"""
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await amy.lose_connection()
        turn.shows(amy, connected(times=2))
