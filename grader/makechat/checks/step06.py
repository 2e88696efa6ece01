"""Step 6, Saving and destroying users: who is online, and who has left."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from grader.checking.check import check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.makechat import vocabulary
from grader.makechat.checks import step03, step04
from grader.makechat.people import and_then, join, say

VOCABULARY = vocabulary.CHAT
REPEATS = (
    step03.takes_a_client_over_websocket,
    step03.takes_a_client_over_polling,
)

# The first ones leave first, and two others are nearly called Ann. What a server may be tempted to
# tidy up comes in the second half.
CROWD = (
    "Ann",
    "ben",
    "Anna",
    "ann",
    "eve",
    "  Fay  LEE ",
    "<b>Gus</b>",
    "Thirty-two letters and no more ☂",
    "李小龙",
    "jon",
)

_ASK = "get online users"
_LEFT = "user has left"


def listing(users: Iterable[ScriptedClient]) -> dict[str, str]:
    """The list of online users as it has to be: username → that user's own socket id."""
    return {user.name: user.sid for user in users}


async def open_and_list(scene: Scene, *names: str) -> list[ScriptedClient]:
    """Open pages and await the answer to what each page asks on connecting.

    So a late answer to that is not taken for the answer to a later question.
    """
    async with scene.turn() as turn:
        clients = await scene.open(*names)
        turn.hears_some(clients, _ASK)
    await scene.answered()
    return clients


async def expect_list(scene: Scene, asker: ScriptedClient, users: Iterable[ScriptedClient]) -> None:
    """Ask for the list and expect these users in it."""
    async with scene.turn() as turn:
        await asker.emit(_ASK)
        turn.hears(asker, _ASK, listing(users))


@check(
    points=2,
    hint='Save online_users[username] = sid in "new user"; handle "get online users" '
    "and emit it with to=sid. The page asks as soon as it is connected: answer every client that "
    "asks, also when nobody is online yet.",
    needs=(step04.the_sender_hears_new_user,),
)
async def the_asker_gets_the_list(scene: Scene) -> None:
    """a client that asks gets the list of online users, once"""
    amy, _, _ = await open_and_list(scene, "amy", "terry", "visitor")
    await scene.join(amy)
    await expect_list(scene, amy, [amy])


@check(
    points=2,
    hint="emit(..., to=sid) answers one client; sid is the handler's first argument.",
    needs=(the_asker_gets_the_list,),
)
async def only_the_asker_gets_the_list(scene: Scene) -> None:
    """only the client that asks gets the list of online users"""
    amy, terry, visitor = await open_and_list(scene, "amy", "terry", "visitor")
    await scene.join(amy, terry)
    async with scene.turn() as turn:
        await amy.emit(_ASK)
        turn.hears(amy, _ASK, listing([amy, terry]))
        turn.hears_nothing(terry, _ASK, because="terry did not ask")
        turn.hears_nothing(visitor, _ASK, because="visitor did not ask")
    await and_then(scene, partial(say, amy, "thank you"), "new message", terry)


@check(
    points=2,
    hint="The key is the username, the value the sid that the handler of that user's "
    '"new user" was called with.',
    needs=(the_asker_gets_the_list,),
)
async def each_name_leads_to_its_own_socket(scene: Scene) -> None:
    """the list has each user's own socket id"""
    amy, terry, bob = await open_and_list(scene, "amy", "terry", "bob")
    for one in (terry, bob, amy):
        await scene.join(one)
    await expect_list(scene, bob, [terry, bob, amy])


@check(
    points=1,
    hint="The page asks as soon as it is connected. Answer every socket, not only those "
    "that have joined.",
    needs=(the_asker_gets_the_list,),
)
async def a_newcomer_gets_the_list(scene: Scene) -> None:
    """a client that has not joined gets the list too"""
    (amy,) = await scene.open("amy")
    await scene.join(amy)
    async with scene.turn() as turn:
        (visitor,) = await scene.open("visitor")
        turn.hears_some(visitor, _ASK)
    async with scene.turn() as turn:
        await visitor.emit(_ASK)
        turn.hears(visitor, _ASK, listing([amy]))
        turn.hears_nothing(amy, _ASK, because="amy did not ask")


@check(
    points=1,
    hint="An empty dict is an answer: the page waits for one.",
    needs=(step03.takes_a_client_over_websocket,),
)
async def nobody_online_is_an_empty_list(scene: Scene) -> None:
    """when nobody is online, the list is {}"""
    (visitor,) = await open_and_list(scene, "visitor")
    await expect_list(scene, visitor, [])


async def _leaves(scene: Scene, go: Callable[[ScriptedClient], Awaitable[None]]) -> None:
    amy, terry, visitor = await scene.open("amy", "terry", "visitor")
    await scene.join(amy, terry)
    async with scene.turn() as turn:
        await go(terry)
        turn.hears((amy, visitor), _LEFT, listing([amy]), because=ONCE)


@check(
    points=2,
    hint='Handle "disconnect": take the name from the socket\'s session, delete it from '
    'online_users, then emit "user has left" with what remains.',
    needs=(step04.the_sender_hears_new_user,),
)
async def who_disconnects_is_removed(scene: Scene) -> None:
    """a user who disconnects is removed, and the others are told"""
    await _leaves(scene, ScriptedClient.leave)


@check(
    points=1,
    hint='"disconnect" is called however a client goes; its reason does not matter here.',
    needs=(who_disconnects_is_removed,),
)
async def who_closes_the_tab_is_removed(scene: Scene) -> None:
    """a user who closes the tab is removed, and the others are told"""
    await _leaves(scene, ScriptedClient.close_tab)


@check(
    points=1,
    hint='"disconnect" is called however a client goes; its reason does not matter here.',
    needs=(who_disconnects_is_removed,),
)
async def who_is_cut_off_is_removed(scene: Scene) -> None:
    """a user who loses the connection is removed, and the others are told"""
    await _leaves(scene, ScriptedClient.cut)


@check(
    points=2,
    hint="Remove the one name that belongs to the socket that went, and nothing else.",
    needs=(who_disconnects_is_removed, the_asker_gets_the_list),
)
async def the_others_stay_listed(scene: Scene) -> None:
    """when one user leaves, all the others stay on the list"""
    amy, terry, bob = await open_and_list(scene, "amy", "terry", "bob")
    for one in (amy, terry, bob):
        await scene.join(one)
    async with scene.turn() as turn:
        await terry.leave()
        turn.hears((amy, bob), _LEFT, listing([amy, bob]))
    await expect_list(scene, amy, [amy, bob])


@check(
    points=1,
    hint="A socket that never sent `new user` has no name: there is nothing to delete.",
    needs=(who_disconnects_is_removed, the_asker_gets_the_list),
    of_absence=True,
)
async def a_stranger_leaving_removes_nobody(scene: Scene) -> None:
    """when a client that never joined leaves, nobody is removed"""
    amy, terry, stranger = await open_and_list(scene, "amy", "terry", "stranger")
    for one in (amy, terry):
        await scene.join(one)
    async with scene.turn() as turn:
        await stranger.leave()
        turn.may_hear((amy, terry), _LEFT, listing([amy, terry]))
    await and_then(scene, partial(say, amy, "who was that?"), "new message", terry)
    await expect_list(scene, amy, [amy, terry])


@check(
    points=1,
    hint="Once a user is removed the name is free: save it again with the new socket's id.",
    needs=(who_disconnects_is_removed, the_asker_gets_the_list),
)
async def who_left_can_join_again(scene: Scene) -> None:
    """a user who left can join again, with a new socket id"""
    amy, terry = await open_and_list(scene, "amy", "terry")
    await scene.join(amy, terry)
    async with scene.turn() as turn:
        await terry.leave()
        turn.hears(amy, _LEFT, listing([amy]))
    (terry,) = await scene.open("terry")
    async with scene.turn() as turn:
        await join(terry)
        turn.hears((amy, terry), "new user", "terry")
    await expect_list(scene, amy, [amy, terry])


@check(
    points=2,
    hint="Compare what each `user has left` says with who is really there.",
    needs=(who_disconnects_is_removed, the_asker_gets_the_list),
)
async def the_list_is_right_while_ten_come_and_go(scene: Scene) -> None:
    """the list is right at every moment while ten users come and go"""
    (visitor,) = await open_and_list(scene, "visitor")
    crowd = await scene.open(*CROWD)
    early, late = crowd[:5], crowd[5:]
    here: list[ScriptedClient] = []

    async def leave(*leavers: ScriptedClient) -> None:
        for leaver in leavers:
            here.remove(leaver)
            async with scene.turn() as turn:
                await leaver.leave()
                turn.hears((c for c in scene.clients if c.connected), _LEFT, listing(here))

    for newcomers, leavers in ((early, early[:2]), (late, late[3:])):
        await scene.join(*newcomers)
        here += newcomers
        await expect_list(scene, visitor, here)
        await leave(*leavers)
    await leave(*here[::-1])
    await expect_list(scene, visitor, [])
