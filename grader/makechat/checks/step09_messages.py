"""Step 9, Who is this socket? Each message has the name that its socket's session has."""

from collections.abc import Mapping

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.clients.cookies import renamed
from grader.clients.socketio import ScriptedClient
from grader.makechat.checks.step09 import (
    USER,
    a_form_logs_in,
    a_socket_without_a_cookie_is_refused,
    comes,
    everybody_hears_who_has_come,
)
from grader.makechat.people import cookie_of_login, enter, log_in, present, told

MESSAGE = "chat message"
NAMES = ("Zoë  Ann", "李小龙", "<b>Bob</b>", "a'b\"c & d=e;f", "n" * 32)
TEXTS = (
    "hello",
    "hello",
    "  two  spaces  ",
    "<b>مرحبا</b> & more",
    "42",
    "GOOD Morning, " + "how are you? " * 40,
)


def said(name: str, text: str) -> dict[str, str]:
    """What everybody hears of a message."""
    return {"username": name, "message": text}


@check(
    points=2,
    hint='Handle "chat message" and emit it to everybody, as an object with username and message. '
    "The name is the one that connect found in the session of this socket.",
    needs=(a_form_logs_in,),
)
async def everybody_hears_a_message(scene: Scene) -> None:
    """everybody hears a message, once, with its sender's name"""
    amy, terry = await enter(scene, "amy", "terry")
    for text in TEXTS:
        async with scene.turn() as turn:
            await terry.emit(MESSAGE, text)
            turn.hears((amy, terry), MESSAGE, said("terry", text), more_keys=True)


@check(
    points=2,
    hint="Keep one name for each socket, under its sid. A variable that all handlers share holds "
    "the user who connected last.",
    needs=(everybody_hears_a_message,),
)
async def each_message_has_its_own_senders_name(scene: Scene) -> None:
    """messages have their sender's name, also after somebody leaves"""
    amy, terry, bob = everybody = await enter(scene, "amy", "terry", "bob")
    for sender in (amy, bob, terry, terry, amy):
        async with scene.turn() as turn:
            await sender.emit(MESSAGE, "it is me")
            turn.hears(everybody, MESSAGE, said(sender.name, "it is me"), more_keys=True)
    async with scene.turn() as turn:
        # Together: whose message comes first is left open.
        await amy.emit(MESSAGE, "both")
        await terry.emit(MESSAGE, "both")
        both = (said("amy", "both"), said("terry", "both"))
        turn.hears(everybody, MESSAGE, *both, lane=lambda one: one["username"], more_keys=True)
    since = await scene.unjudged(USER)
    await amy.leave()
    await told(scene, (terry, bob), USER, since)
    for sender in (terry, bob):
        async with scene.turn() as turn:
            await sender.emit(MESSAGE, "still me")
            turn.hears((terry, bob), MESSAGE, said(sender.name, "still me"), more_keys=True)


@check(
    points=2,
    hint="Take the name from the session alone: a client can send any other name.",
    needs=(each_message_has_its_own_senders_name, everybody_hears_who_has_come),
)
async def a_claimed_name_is_not_believed(scene: Scene) -> None:
    """whatever name a client claims, it speaks under its own"""
    amy, terry = await present(scene, USER, "amy", "terry", known=True)
    async with scene.turn() as turn:
        await amy.emit(MESSAGE, {"username": "terry", "message": "I owe amy 100"})
        await amy.emit(USER, comes("terry", 2))
        await amy.emit("new user", "terry")
        await amy.emit(MESSAGE, "good morning")
        turn.comes_to(
            (amy, terry),
            MESSAGE,
            said("amy", "good morning"),
            among=[{"username": "amy"}],
            because="amy is logged in as amy",
            more_keys=True,
        )
        turn.hears_nothing((amy, terry), USER, because="nobody came or went")
    (bob,) = scene.users("bob")
    await log_in(scene, bob)
    async with scene.turn() as turn:
        await bob.connect(claims={"username": "terry"})
        turn.hears((amy, terry, bob), USER, comes("bob", 3), more_keys=True)
    (eve,) = scene.users("eve")
    await log_in(scene, eve)
    cookies = eve.cookies.values()
    for name, value in cookies.items():
        if (other := renamed(value, "eve", "terry")) != value:
            (liar,) = scene.users(f"eve's other {name}")
            for each, its in {**cookies, name: other}.items():
                liar.set_cookie(each, its)
            await _comes_as_eve(scene, liar, amy)


@check(
    points=1,
    hint="What a client sends as auth, anybody can write. Take the name from the session alone.",
    needs=(a_claimed_name_is_not_believed, a_socket_without_a_cookie_is_refused),
)
async def a_name_in_auth_is_not_believed(scene: Scene) -> None:
    """a name that a client sends as `auth` is not believed"""
    (amy,) = await present(scene, USER, "amy", known=True)
    (stranger,) = scene.users("stranger")
    async with scene.turn() as turn:
        await stranger.connect(auth={"username": "amy"})
        turn.kept_out(stranger, because="it has no session, whatever it claims")
    bob, eve = scene.users("bob", "eve")
    await log_in(scene, bob, eve)
    async with scene.turn() as turn:
        await scene.connect(bob)
        turn.hears((amy, bob), USER, comes("bob", 2), more_keys=True)
    await _comes_as_eve(scene, eve, amy, auth={"username": "amy"})


async def _comes_as_eve(
    scene: Scene,
    client: ScriptedClient,
    hearer: ScriptedClient,
    auth: Mapping[str, str] | None = None,
) -> None:
    """Let a client connect that is logged in as eve, and claims more: it is eve, or is not let in.

    A connection is not let in, either, whose handler takes no `auth`.
    """
    await scene.unjudged(USER)
    async with scene.turn() as turn:
        if await client.connect(auth=auth):
            turn.hears(hearer, USER, {"username": "eve", "connected": True}, more_keys=True)


@check(
    points=1,
    hint="Hand the name on as it was logged in: nothing escaped, encoded or cut. The page shows it "
    "as text.",
    needs=(everybody_hears_who_has_come, everybody_hears_a_message),
)
async def a_name_in_any_script_is_kept(scene: Scene) -> None:
    """a name in any script, with any sign in it, comes as it is"""
    everybody = await present(scene, USER, "amy", known=True)
    for name in NAMES:
        (one,) = scene.users(name)
        await log_in(scene, one)
        everybody.append(one)
        async with scene.turn() as turn:
            await scene.connect(one)
            turn.hears(everybody, USER, comes(name, len(everybody)), more_keys=True)
        async with scene.turn() as turn:
            await one.emit(MESSAGE, "hello")
            turn.hears(everybody, MESSAGE, said(name, "hello"), more_keys=True)


@check(
    points=1,
    hint='Read the session in "connect", for each socket again: a browser can log in as somebody '
    "else meanwhile.",
    needs=(everybody_hears_a_message,),
)
async def a_browser_that_logs_in_again_is_the_new_user(scene: Scene) -> None:
    """a socket opened after another login has the new name"""
    terry, amy = await present(scene, USER, "terry", "amy", known=True)
    since = await scene.unjudged(USER)
    await amy.leave()
    await told(scene, [terry], USER, since)
    async with scene.turn() as turn:
        turn.answered(await amy.post("/logout"), "2xx or 3xx")
    async with scene.turn() as turn:
        cookie = cookie_of_login(amy)
        answer = await amy.post("/login", form={"username": "bob"})
        turn.answered(answer, "2xx or 3xx", cookie=cookie)
    tab = scene.tab(amy)
    async with scene.turn() as turn:
        await scene.connect(tab)
        turn.hears((terry, tab), USER, comes("bob", 2), more_keys=True)
    async with scene.turn() as turn:
        await tab.emit(MESSAGE, "hello")
        turn.hears((terry, tab), MESSAGE, said("bob", "hello"), more_keys=True)
    async with scene.turn() as turn:
        # Without a logout in between: the last login counts.
        turn.answered(await tab.post("/login", form={"username": "cat"}), "2xx or 3xx")
    other = scene.tab(tab)
    async with scene.turn() as turn:
        await scene.connect(other)
        turn.hears((terry, tab, other), USER, comes("cat", 3), more_keys=True)


@check(
    points=1,
    hint="Two tabs of one browser are two sockets with one session. Announce each, and keep the "
    "name for each sid.",
    needs=(everybody_hears_a_message, everybody_hears_who_has_come),
)
async def two_tabs_are_the_same_user(scene: Scene) -> None:
    """two tabs of one browser come, speak and go under the same name"""
    amy, terry = await present(scene, USER, "amy", "terry", known=True)
    tab = scene.tab(amy)
    everybody = (amy, tab, terry)
    async with scene.turn() as turn:
        await scene.connect(tab, transport="polling")
        # Whether tabs or users are counted is left open.
        turn.hears(everybody, USER, {"username": "amy", "connected": True}, more_keys=True)
    for sender in (tab, amy):
        async with scene.turn() as turn:
            await sender.emit(MESSAGE, "hello")
            turn.hears(everybody, MESSAGE, said("amy", "hello"), more_keys=True)
    async with scene.turn() as turn:
        await amy.close_tab()
        turn.hears((tab, terry), USER, {"username": "amy", "connected": False}, more_keys=True)
    async with scene.turn() as turn:
        await tab.emit(MESSAGE, "still here")
        turn.hears((tab, terry), MESSAGE, said("amy", "still here"), more_keys=True)
