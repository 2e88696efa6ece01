"""Step 13, Presence: who leaves, by closing a tab or by logging out, and who does not."""

from itertools import cycle, permutations

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.makechat.checks.step13 import (
    a_username_is_one_user,
    all_hear_of_a_newcomer,
    another_tab_is_no_news,
)
from grader.makechat.presence import Presence, ask


@check(
    points=2,
    hint='In "disconnect", remove the pair of the socket that went. Where no other pair of its '
    "user is left, emit userLeft with the user's id.",
    needs=(all_hear_of_a_newcomer,),
)
async def the_rest_hear_who_has_left(scene: Scene) -> None:
    """the last tab of a user closes: the rest hear `userLeft` once"""
    presence = Presence(scene)
    amy, bob, cat = await presence.people("amy", "bob", "cat")
    await presence.come(amy, bob, cat)
    await presence.leave(amy)
    await presence.leave(cat)


@check(
    points=2,
    hint=(
        "Remove only the pair with this socket's id. The user has left only when no "
        "pair of that user remains."
    ),
    needs=(the_rest_hear_who_has_left, another_tab_is_no_news),
)
async def a_user_with_another_tab_stays(scene: Scene) -> None:
    """one of two tabs closes: nobody hears it, and the user stays"""
    presence = Presence(scene)
    amy, bob, cat = await presence.people("amy", "bob", "cat")
    tab = await presence.tab(amy)
    await presence.come(bob, amy, tab)
    await presence.leave(amy)
    await presence.bind(cat)


@check(
    points=1,
    hint='"disconnect" is called however a socket goes. Its reason does not matter here.',
    needs=(all_hear_of_a_newcomer,),
)
async def a_cut_connection_counts_as_leaving(scene: Scene) -> None:
    """a user whose connection is cut has left, too"""
    presence = Presence(scene)
    amy, bob, cat = await presence.people("amy", "bob", "cat")
    await presence.come(amy, bob, cat)
    await presence.leave(amy, ScriptedClient.cut)
    await presence.leave(cat, ScriptedClient.leave)


@check(
    points=2,
    hint="Keep a pair for each tab. One socket id for each user is overwritten by the second tab.",
    needs=(a_user_with_another_tab_stays,),
)
async def two_tabs_in_every_order(scene: Scene) -> None:
    """two tabs open and close in every order, and everybody knows"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    await presence.come(bob)
    tabs = [amy, await presence.tab(amy)]
    ways = cycle((ScriptedClient.close_tab, ScriptedClient.leave, ScriptedClient.cut))
    for order in sorted(set(permutations((0, 0, 1, 1)))):
        for one in order:
            if tabs[one] in presence.bound:
                await presence.leave(tabs[one], next(ways))
                await scene.connect(tabs[one])  # for the next order
            else:
                await presence.bind(tabs[one])


@check(
    points=1,
    hint="A user who has left and comes back is news again: userJoined, with the same id.",
    needs=(the_rest_hear_who_has_left, a_username_is_one_user),
)
async def a_user_who_comes_back_is_news_again(scene: Scene) -> None:
    """a user who left comes back with the same id: all hear of it"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    await presence.come(bob, amy)
    await presence.leave(amy)
    before = presence.user(amy)
    async with scene.turn() as turn:
        answer = await amy.post("/login", json={"username": "amy"})
        turn.answered(answer, "2xx", json=before, more_keys=True, because="amy keeps the id")
    await scene.connect(amy)
    await presence.bind(amy)


@check(
    points=2,
    hint="On POST /logout, delete the cookie, then disconnect every socket of this user: "
    "sio.disconnect(<socket id>) for each pair with the user's id.",
    needs=(another_tab_is_no_news,),
)
async def a_logout_ends_every_tab(scene: Scene) -> None:
    """a logout disconnects all tabs of the user, in every browser"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    tab, phone = await presence.tab(amy), await presence.browser(amy, "amy's phone")
    await presence.come(bob, amy, tab, phone)
    await presence.log_out(tab, told=False)
    (stranger,) = await scene.open("stranger")
    async with scene.turn() as turn:
        turn.answered(await ask(tab, stranger), 401, because="amy has logged out")


@check(
    points=2,
    hint="Disconnecting a user's sockets runs the handler of disconnect for each of them. The last "
    "one tells that the user has left; logout itself need not.",
    needs=(a_logout_ends_every_tab, a_user_with_another_tab_stays),
)
async def the_rest_hear_of_a_logout_once(scene: Scene) -> None:
    """a user with two tabs logs out: the rest hear `userLeft` once"""
    presence = Presence(scene)
    amy, bob, cat = await presence.people("amy", "bob", "cat")
    tab = await presence.tab(amy)
    await presence.come(bob, amy, tab, cat)
    await presence.log_out(amy)
    await presence.bind(await presence.tab(bob))


@check(
    points=1,
    hint="Compare what each list and each event says with who is really there.",
    needs=(two_tabs_in_every_order, the_rest_hear_of_a_logout_once),
)
async def the_list_is_right_while_six_come_and_go(scene: Scene) -> None:
    """six users come and go with nine tabs, and everybody knows"""
    presence = Presence(scene)
    people = await presence.people("Ann", "ben", "cat", "dan", "eve", "fay")
    ann, ben, cat, dan, eve, fay = people
    tabs = [await presence.tab(one) for one in (ann, ben, cat)]
    for client in (*people, *tabs):
        await presence.bind(client)
    await presence.leave(ann)
    await presence.leave(dan)
    await presence.log_out(ben)
    await presence.leave(cat)
    await presence.leave(tabs[2])
    await scene.connect(dan, cat)
    for client in (dan, cat, eve, fay):
        await presence.bind(client)
    await presence.leave(tabs[0])
    await presence.bind(eve)
