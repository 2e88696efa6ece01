"""Step 8's page, Counting users: it shows how many are here, and keeps it right."""

from grader.checking.check import page_check
from grader.checking.scene import Scene
from grader.makechat.checks import page02, page03, step08
from grader.makechat.places import counted, not_counted

REPEATS = (
    page02.nothing_goes_wrong_in_the_page,
    page03.the_page_connects_by_itself,
)


@page_check(
    points=2,
    hint='On "user count", write the number into the element with the class user-count. Let no '
    "other handler write there.",
    needs=(step08.the_newcomer_hears_the_count, page03.the_page_connects_by_itself),
)
async def the_page_shows_the_count(scene: Scene) -> None:
    """a page shows the count as soon as it is open"""
    await scene.open("bob", "ben")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        turn.shows(amy, counted(3))


@page_check(
    points=1,
    hint='"user count" comes whenever a client comes or goes. Replace the text each time: '
    "textContent = …, not append.",
    needs=(the_page_shows_the_count, step08.a_closed_tab_is_counted_no_longer),
)
async def the_count_follows_who_comes_and_goes(scene: Scene) -> None:
    """every page shows the new count when one opens or closes"""
    amy, terry = await scene.visit("amy", "terry")
    async with scene.turn() as turn:
        turn.shows((amy, terry), counted(2))
    async with scene.turn() as turn:
        (bob,) = await scene.visit("bob")
        turn.shows((amy, terry, bob), counted(3))
    async with scene.turn() as turn:
        await terry.close_tab()
        turn.shows((amy, bob), counted(2))


@page_check(
    points=1,
    hint="A page that is loaded again is a client that goes and a client that comes. The count "
    "that comes is the server's: do not add to it or subtract from it in the page.",
    needs=(the_count_follows_who_comes_and_goes,),
)
async def reloading_leaves_the_count_as_it_was(scene: Scene) -> None:
    """after a page is reloaded, all pages show the count as before"""
    amy, terry = await scene.visit("amy", "terry")
    async with scene.turn() as turn:
        await scene.reload(terry)
        turn.shows((amy, terry), counted(2))


@page_check(
    points=1,
    hint="After a lost connection the page connects again, as a new client, and hears the count: "
    "its handlers stay as they are.",
    needs=(the_count_follows_who_comes_and_goes,),
)
async def the_count_is_back_with_the_connection(scene: Scene) -> None:
    """a page that lost the connection shows the count again"""
    amy, terry = await scene.visit("amy", "terry")
    async with scene.turn() as turn:
        await amy.lose_connection()
        turn.shows((amy, terry), counted(2))


@page_check(
    points=1,
    hint='Others come and go while the page is not told. On "disconnect", empty the element with '
    "the class user-count.",
    needs=(the_page_shows_the_count,),
)
async def a_page_without_a_connection_shows_no_count(scene: Scene) -> None:
    """a page without a connection shows no count"""
    (amy,) = await scene.visit("amy")
    await scene.open("bob")
    async with scene.turn() as turn:
        turn.shows(amy, counted(2))
    async with amy.offline(), scene.turn() as turn:
        turn.shows(amy, not_counted(0, 1, 2))
