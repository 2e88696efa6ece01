"""Step 8, Counting users: everybody knows how many are connected."""

import asyncio
from collections.abc import Awaitable, Callable

from grader.checking.check import check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.makechat import vocabulary
from grader.makechat.checks import step03
from grader.makechat.people import present

VOCABULARY = vocabulary.COUNT
REPEATS = (
    step03.takes_a_client_over_websocket,
    step03.takes_a_client_over_polling,
)

COUNT = "user count"
CROWD = tuple(f"guest {n}" for n in range(1, 31))
PASSERS = tuple(f"passer-by {n}" for n in range(1, 6))


@check(
    points=2,
    hint='Count each client in the handler of "connect", then emit "user count" with the number. '
    "Without to= and skip_sid= an emit reaches everybody.",
    needs=(step03.takes_a_client_over_websocket,),
)
async def the_newcomer_hears_the_count(scene: Scene) -> None:
    """a client that connects hears the count, and is in it"""
    async with scene.turn() as turn:
        (amy,) = await scene.open("amy")
        turn.hears(amy, COUNT, 1, because=ONCE)


@check(
    points=2,
    hint='Emit "user count" to everybody whenever a client connects, not to the newcomer alone.',
    needs=(the_newcomer_hears_the_count,),
)
async def everybody_hears_of_a_newcomer(scene: Scene) -> None:
    """everybody hears the new count when a client connects, once"""
    amy, terry = await present(scene, COUNT, "amy", "terry")
    async with scene.turn() as turn:
        (bob,) = await scene.open("bob")
        turn.hears((amy, terry, bob), COUNT, 3, because=ONCE)


async def _goes(scene: Scene, go: Callable[[ScriptedClient], Awaitable[None]]) -> None:
    amy, terry, bob = await present(scene, COUNT, "amy", "terry", "bob")
    async with scene.turn() as turn:
        await go(terry)
        turn.hears((amy, bob), COUNT, 2, because=ONCE)


@check(
    points=2,
    hint='Handle "disconnect": count the client no longer, then emit "user count" again.',
    needs=(everybody_hears_of_a_newcomer,),
)
async def a_client_that_disconnects_is_counted_no_longer(scene: Scene) -> None:
    """when a client disconnects, the rest hear the smaller count"""
    await _goes(scene, ScriptedClient.leave)


@check(
    points=1,
    hint='"disconnect" is called however a client goes; its reason does not matter here.',
    needs=(a_client_that_disconnects_is_counted_no_longer,),
)
async def a_closed_tab_is_counted_no_longer(scene: Scene) -> None:
    """when a tab is closed, the rest hear the smaller count"""
    await _goes(scene, ScriptedClient.close_tab)


@check(
    points=1,
    hint='"disconnect" is called however a client goes; its reason does not matter here.',
    needs=(a_client_that_disconnects_is_counted_no_longer,),
)
async def a_cut_connection_is_counted_no_longer(scene: Scene) -> None:
    """when a connection is cut, the rest hear the smaller count"""
    await _goes(scene, ScriptedClient.cut)


@check(
    points=1,
    hint="A client is one client, however it talks to the server. Count in the handler of "
    '"connect", which is called once for each.',
    needs=(everybody_hears_of_a_newcomer, step03.takes_a_client_over_polling),
)
async def each_client_counts_once_whatever_its_transport(scene: Scene) -> None:
    """a client that polls, or upgrades to WebSocket, counts once"""
    (amy,) = await present(scene, COUNT, "amy")
    async with scene.turn() as turn:
        (poller,) = await scene.open("poller", transport="polling")
        turn.hears((amy, poller), COUNT, 2)
    async with scene.turn() as turn:
        (upgrader,) = await scene.open("upgrader", transport="upgrade")
        turn.hears((amy, poller, upgrader), COUNT, 3)
    async with scene.turn() as turn:
        await poller.leave()
        turn.hears((amy, upgrader), COUNT, 2)
        turn.may_hear(poller, COUNT, 2)  # a last request of its own may be on its way


@check(
    points=2,
    hint="Compare each count with who is really there: one more for a client that connects, one "
    "less for a client that goes.",
    needs=(the_newcomer_hears_the_count, a_client_that_disconnects_is_counted_no_longer),
)
async def the_count_is_right_as_clients_come_and_go(scene: Scene) -> None:
    """clients come, go and come again, and each count is right"""
    amy, terry, bob = await present(scene, COUNT, "amy", "terry", "bob")
    async with scene.turn() as turn:
        await bob.leave()
        turn.hears((amy, terry), COUNT, 2)
    async with scene.turn() as turn:
        (bob,) = await scene.open("bob")
        turn.hears((amy, terry, bob), COUNT, 3)
    async with scene.turn() as turn:
        await amy.close_tab()
        turn.hears((terry, bob), COUNT, 2)
    async with scene.turn() as turn:
        await terry.cut()
        turn.hears(bob, COUNT, 1)
    async with scene.turn() as turn:
        (eve,) = await scene.open("eve")
        turn.hears((bob, eve), COUNT, 2)


@check(
    points=1,
    hint='When the last client goes, nobody is left to count. What does the next "connect" count '
    "from?",
    needs=(a_client_that_disconnects_is_counted_no_longer,),
)
async def after_the_last_one_the_count_begins_again(scene: Scene) -> None:
    """when all have gone, the next client is number 1"""
    for go in (ScriptedClient.leave, ScriptedClient.cut):
        amy, terry = await present(scene, COUNT, "amy", "terry")
        async with scene.turn() as turn:
            await go(terry)
            # Nobody is there to tell when the amy before this one is gone, nor the one before bob.
            turn.comes_to(amy, COUNT, 1, among=range(1, 4))
        await go(amy)
    async with scene.turn() as turn:
        (bob,) = await scene.open("bob")
        turn.comes_to(bob, COUNT, 1, among=range(3))


async def _looks_in(guest: ScriptedClient) -> None:
    """Come, and go at once."""
    await guest.connect()
    await guest.leave()


@check(
    points=2,
    hint="Change the count and emit it without an await in between, or emit the number as it is "
    "at that moment: what another handler has changed meanwhile must not be overwritten.",
    needs=(
        a_closed_tab_is_counted_no_longer,
        a_cut_connection_is_counted_no_longer,
        the_count_is_right_as_clients_come_and_go,
    ),
)
async def the_count_is_right_after_a_burst(scene: Scene) -> None:
    """30 clients come at once and go at once: the count is right"""
    (amy,) = await scene.open("amy")
    crowd, passers = scene.users(*CROWD), scene.users(*PASSERS)
    async with scene.turn() as turn:
        await asyncio.gather(*(guest.connect() for guest in crowd), *map(_looks_in, passers))
        turn.comes_to(amy, COUNT, 31, among=range(1, 37), because="31 are connected")
    async with scene.turn() as turn:
        ways = (ScriptedClient.leave, ScriptedClient.close_tab, ScriptedClient.cut)
        await asyncio.gather(*(ways[i % 3](guest) for i, guest in enumerate(crowd)))
        turn.comes_to(amy, COUNT, 1, among=range(1, 32), because="only amy is connected")
    async with scene.turn() as turn:
        (bob,) = await scene.open("bob")
        # Of the many who have gone a last count, which is right too, may still be on its way.
        turn.comes_to((amy, bob), COUNT, 2, among=(1, 2))
