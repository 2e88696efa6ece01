"""Step 6's page, Saving and destroying users: the list is right as users come and go."""

from grader.checking.check import page_check
from grader.checking.scene import Scene
from grader.history.conversation import Kind
from grader.makechat.checks import page04, page05, step06
from grader.makechat.people import join, say
from grader.makechat.places import messages, users

REPEATS = (
    page04.the_form_sends_the_name,
    page04.every_page_lists_who_joins,
    page05.a_message_appears_in_the_others_page,
)


@page_check(
    points=2,
    hint='When the socket connects, emit "get online users"; when the answer comes, show its '
    "keys: Object.keys(users).",
    needs=(step06.a_newcomer_gets_the_list, page04.the_form_sends_the_name),
)
async def a_later_page_lists_who_was_there(scene: Scene) -> None:
    """a page that is opened later lists the users who are online"""
    bob, ben = await scene.open("bob", "ben")
    await scene.join(bob, ben)
    async with scene.turn() as turn:
        (amy,) = await scene.visit("amy")
        because = "amy has only opened the page"
        turn.hears_nothing((bob, ben), "new user", because=because)
    async with scene.turn() as turn:
        await join(amy)
        turn.hears((bob, ben), "new user", "amy")
        turn.shows(amy, users("bob", "ben", "amy"))


@page_check(
    points=2,
    hint='On "user has left", show the names that remain: they are the keys of what comes.',
    needs=(step06.who_closes_the_tab_is_removed, page04.every_page_lists_who_joins),
)
async def who_closes_the_page_disappears(scene: Scene) -> None:
    """a user who closes the page disappears from the other lists"""
    (bob,) = await scene.open("bob")
    amy, terry = await scene.visit("amy", "terry")
    await scene.join(bob, amy, terry)
    async with scene.turn() as turn:
        turn.shows(amy, users("amy", "terry"))
    async with scene.turn() as turn:
        await terry.close_tab()
        turn.shows(amy, users("bob", "amy", without=["terry"]))


@page_check(
    points=1,
    hint="After a reload the page knows nobody: it has to ask again, as soon as it is connected.",
    needs=(a_later_page_lists_who_was_there,),
)
async def reloading_keeps_the_others_listed(scene: Scene) -> None:
    """after a reload, the page lists the others, and they list its user"""
    (bob,) = await scene.open("bob")
    amy, terry = await scene.visit("amy", "terry")
    await scene.join(bob, amy, terry)
    # A page may remember the name, and join again by itself.
    await scene.unjudged("new user")
    since = await scene.unjudged("user has left")
    await scene.reload(terry)
    # Until the old connection has ended, terry is on the list twice.
    await scene.until(lambda: bool(scene.conversation.heard(bob.name, "user has left", since)))
    rejoined = ((e.kind, e.client, e.event) for e in scene.conversation.entries[since:])
    async with scene.turn() as turn:
        if (Kind.SENT, terry.name, "new user") not in rejoined:
            await join(terry)
        turn.shows((amy, terry), users("bob", "amy", "terry"))


@page_check(
    points=1,
    hint="Keep the names in a Set, and build the whole list again from it each time: "
    "replaceChildren() empties it.",
    needs=(a_later_page_lists_who_was_there, page04.every_page_lists_who_joins),
)
async def nobody_is_listed_twice(scene: Scene) -> None:
    """no user is listed twice, whatever the page hears"""
    bob, ben, dan = await scene.open("bob", "ben", "dan")
    (amy,) = await scene.visit("amy")
    await scene.join(bob, ben, amy)
    async with scene.turn() as turn:
        await join(bob)  # once more
        await join(dan)  # what the page heard before this one, it has shown by then
        turn.shows(amy, users("bob", "ben", "amy", "dan"))
    async with scene.turn() as turn:
        await ben.leave()
        turn.shows(amy, users("bob", "amy", "dan", without=["ben"]))


@page_check(
    points=1,
    hint='After a lost connection the page has a new socket. On "connect", emit "new user" again '
    "where there is a name already.",
    needs=(a_later_page_lists_who_was_there, step06.who_closes_the_tab_is_removed),
)
async def who_was_lost_is_listed_again(scene: Scene) -> None:
    """a user who lost the connection is listed again when it is back"""
    bob, ben = await scene.open("bob", "ben")
    amy, terry = await scene.visit("amy", "terry")
    await scene.join(bob, amy, terry)
    async with scene.turn() as turn:
        async with amy.offline():
            await join(ben)
        turn.hears(bob, "new user", "ben", "amy", lane=str)
        turn.shows((amy, terry), users("bob", "ben", "amy", "terry"))
    async with scene.turn() as turn:
        # A page that adds its listeners again at each connection shows it twice.
        await say(bob, "Welcome back!")
        turn.shows(amy, messages("Welcome back!"))
