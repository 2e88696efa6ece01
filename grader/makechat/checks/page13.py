"""Step 13's page, Presence: the login, and a list that is right as users come and go."""

from grader.browser.page import Page
from grader.browser.sights import hidden, visible
from grader.checking.check import page_check
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.makechat.checks import step13, step13_leaving
from grader.makechat.people import and_then, log_out, told
from grader.makechat.places import CHAT, NAME_FORM, NAME_INPUT, users
from grader.makechat.presence import JOINED, LEFT, Presence

MARKUP = "<b>bo</b>"


async def _logged_in(scene: Scene, name: str) -> Page:
    """The page of a user who has logged in there."""
    (page,) = await scene.visit(name)
    async with scene.turn() as turn:
        turn.shows(page, visible(NAME_FORM))
    async with scene.turn() as turn:
        await page.write(NAME_INPUT, name)
        turn.shows(page, users(name))
    return page


async def _phone(scene: Scene, presence: Presence) -> ScriptedClient:
    """Another browser in which amy has logged in, not connected yet."""
    (phone,) = scene.users("amy's phone")
    phone.user = "amy"
    await presence.log_in(phone)
    return phone


@page_check(
    points=2,
    hint="On submit, prevent the browser's own request and fetch /login. When that is answered, "
    "fetch /connected/ and the socket's id; show what comes as onlineUsers.",
    needs=(step13.the_newcomer_gets_the_list,),
)
async def the_form_logs_in(scene: Scene) -> None:
    """the form logs a user in, and the list shows the user"""
    presence = Presence(scene)
    (bob,) = await presence.people("bob")
    await presence.come(bob, news=False)
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        turn.shows(amy, visible(NAME_FORM), hidden(CHAT))
    async with scene.turn() as turn:
        await amy.write(NAME_INPUT, "amy", by_button=True)
        turn.shows(amy, users("bob", "amy"), visible(CHAT), hidden(NAME_FORM))


@page_check(
    points=2,
    hint="On userJoined, add the user under the id; on userLeft, take that id out. Then build the "
    "list again.",
    needs=(the_form_logs_in, step13_leaving.the_rest_hear_who_has_left),
)
async def who_comes_and_leaves_is_shown(scene: Scene) -> None:
    """a user who comes appears on the page, and one who leaves goes"""
    presence = Presence(scene)
    amy = await _logged_in(scene, "amy")
    bob, markup = await presence.people("bob", MARKUP)
    async with scene.turn() as turn:
        await presence.add(turn, bob)
        await presence.add(turn, markup)
        turn.shows(amy, users("amy", "bob", MARKUP))
    async with scene.turn() as turn:
        await bob.close_tab()
        turn.shows(amy, users("amy", MARKUP, without=["bob"]))


@page_check(
    points=2,
    hint="The page shows what the events say, and nothing else changes its list. Is there a "
    "userLeft when the first of two tabs is closed?",
    needs=(who_comes_and_leaves_is_shown,),
)
async def one_of_two_tabs_changes_nothing(scene: Scene) -> None:
    """one of a user's two tabs opens and closes: the list stays"""
    presence = Presence(scene)
    amy = await _logged_in(scene, "amy")
    bob, cat = await presence.people("bob", "cat")
    tab = await presence.tab(bob)
    async with scene.turn() as turn:
        await presence.add(turn, bob)
        await presence.add(turn, tab)
        turn.shows(amy, users("amy", "bob"))
    async with scene.turn() as turn:
        await bob.close_tab()
        await presence.add(turn, cat)  # with her on the list, whatever came before is shown, too
        turn.shows(amy, users("amy", "bob", "cat"))
    async with scene.turn() as turn:
        await tab.close_tab()
        turn.shows(amy, users("amy", "cat", without=["bob"]))


@page_check(
    points=1,
    hint="A page that is loaded has a new socket, and the browser still has the cookie: ask for "
    "/connected/ as soon as the socket connects, and show the form only for a 401.",
    needs=(the_form_logs_in,),
)
async def a_reload_stays_logged_in(scene: Scene) -> None:
    """a page that is loaded again is still logged in, and lists who is online"""
    presence = Presence(scene)
    amy = await _logged_in(scene, "amy")
    (bob,) = await presence.people("bob")
    phone = await _phone(scene, presence)
    await scene.connect(phone)
    await presence.come(bob, phone, news=False)  # as she is online there, her reload is no news
    await amy.reload()
    async with scene.turn() as turn:
        turn.shows(amy, users("amy", "bob"), visible(CHAT), hidden(NAME_FORM))


@page_check(
    points=1,
    hint='After a lost connection the page has a new socket: on "connect", ask for /connected/ '
    "with its id, and begin the list again with the onlineUsers that comes.",
    needs=(who_comes_and_leaves_is_shown,),
)
async def who_was_lost_is_online_again(scene: Scene) -> None:
    """a page that lost the connection lists who is online when it is back"""
    presence = Presence(scene)
    amy = await _logged_in(scene, "amy")
    bob, cat, dan = await presence.people("bob", "cat", "dan")
    await presence.come(bob, cat, news=False)
    async with scene.turn() as turn:
        turn.shows(amy, users("amy", "bob", "cat"))
    since = await scene.unjudged(JOINED)
    async with amy.offline():
        await and_then(scene, bob.close_tab, LEFT, cat)
    # The page asks to be bound again by itself, and a server may say nothing of that to others.
    await told(scene, [cat], JOINED, since)
    async with scene.turn() as turn:
        await presence.add(turn, dan)
        turn.shows(amy, users("amy", "cat", "dan", without=["bob"]))


@page_check(
    points=2,
    hint="The logout form sends POST /logout. The server then ends the connection: show the login "
    "form on disconnect when socket.active is false, and connect again after the next login.",
    needs=(the_form_logs_in, step13_leaving.the_rest_hear_of_a_logout_once),
)
async def the_form_comes_back_after_a_logout(scene: Scene) -> None:
    """after a logout the login form is there again, and works"""
    presence = Presence(scene)
    amy = await _logged_in(scene, "amy")
    (bob,) = await presence.people("bob")
    await presence.come(bob, news=False)
    async with scene.turn() as turn:
        await log_out(amy)
        turn.hears_some(bob, LEFT)
        turn.shows(amy, visible(NAME_FORM), hidden(CHAT))
    async with scene.turn() as turn:
        await amy.write(NAME_INPUT, "Ann")
        turn.shows(amy, users("Ann", "bob", without=["amy"]), visible(CHAT), hidden(NAME_FORM))


@page_check(
    points=1,
    hint="The server ends every socket of a user who logs out, and the page hears disconnect. Show "
    "the form; after the next login the page has to connect again: socket.connect().",
    needs=(the_form_logs_in, step13_leaving.a_logout_ends_every_tab),
)
async def a_logout_elsewhere_is_seen_here(scene: Scene) -> None:
    """a user logs out in another browser: the page asks for a name"""
    presence = Presence(scene)
    amy = await _logged_in(scene, "amy")
    bob, cat = await presence.people("bob", "cat")
    await presence.come(bob, cat, news=False)
    phone = await _phone(scene, presence)
    async with scene.turn() as turn:
        turn.answered(await phone.post("/logout"), "2xx or 3xx")
        turn.hears_some(bob, LEFT)
        turn.shows(amy, visible(NAME_FORM), hidden(CHAT))
    async with scene.turn() as turn:
        await cat.close_tab()
        turn.hears_some(bob, LEFT)
    async with scene.turn() as turn:
        await amy.write(NAME_INPUT, "amy")
        turn.hears_some(bob, JOINED)
        turn.shows(amy, users("amy", "bob", without=["cat"]), visible(CHAT), hidden(NAME_FORM))
