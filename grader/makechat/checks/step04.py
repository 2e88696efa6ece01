"""Step 4, Join the chat: `new user` goes to everybody."""

from grader.checking.check import check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.makechat import vocabulary
from grader.makechat.checks.step03 import (
    takes_a_client_over_polling,
    takes_a_client_over_websocket,
)
from grader.makechat.people import join

VOCABULARY = vocabulary.CHAT
REPEATS = (
    takes_a_client_over_websocket,
    takes_a_client_over_polling,
)

# Any script first; then what a server may be tempted to tidy up; and the longest name there is.
# None is a name that a later step refuses.
NAMES = (
    "Zoë",
    "李小龙",
    "مريم",
    "👩🏽‍🚀",
    "Ann-Marie O'Neil",
    "e\u0301mile",
    "  Amy  LEE ",
    "<b>Bob</b> & co",
    "Thirty-two letters and no more ☂",
)


@check(
    points=2,
    hint='Handle "new user" with @sio.on("new user") and emit "new user" with the username. '
    "Without to= and skip_sid= an emit reaches everybody, the sender too.",
    needs=(takes_a_client_over_websocket,),
)
async def the_sender_hears_new_user(scene: Scene) -> None:
    """a user who joins hears `new user`, once"""
    amy, _ = await scene.open("amy", "terry")
    async with scene.turn() as turn:
        await join(amy)
        turn.hears(amy, "new user", "amy", because=ONCE)


@check(
    points=2,
    hint='Emit "new user" once, without to= and skip_sid=: that reaches every client.',
    needs=(takes_a_client_over_websocket,),
)
async def everybody_else_hears_new_user(scene: Scene) -> None:
    """everybody else hears `new user`, once"""
    amy, terry, bob = await scene.open("amy", "terry", "bob")
    await scene.join(terry, bob)
    async with scene.turn() as turn:
        await join(amy)
        turn.hears((terry, bob), "new user", "amy", because=ONCE)


@check(
    points=1,
    hint="Emit the username just as it came: no dict around it, nothing stripped, "
    "encoded or capitalized.",
    needs=(everybody_else_hears_new_user,),
)
async def the_payload_is_the_name_itself(scene: Scene) -> None:
    """the payload is the name itself, in any script, unchanged"""
    (terry,) = await scene.open("terry")
    for name in NAMES:
        (one,) = await scene.open(name)
        async with scene.turn() as turn:
            await join(one)
            turn.hears(terry, "new user", name)


@check(
    points=1,
    hint="The handler runs once for every `new user` that comes. Does it do the same each time?",
    needs=(the_sender_hears_new_user, everybody_else_hears_new_user),
)
async def two_users_in_a_row_are_announced(scene: Scene) -> None:
    """everybody hears of two users who join one after the other"""
    amy, terry, bob = await scene.open("amy", "terry", "bob")
    for one in (amy, terry):
        async with scene.turn() as turn:
            await join(one)
            turn.hears((amy, terry, bob), "new user", one.name)
    # A third one, after the first has gone, and then another one of the same name.
    async with scene.turn() as turn:
        await amy.leave()
        await join(bob)
        turn.hears((terry, bob), "new user", "bob")
    (namesake,) = scene.users("another terry")
    await scene.connect(namesake)
    async with scene.turn() as turn:
        await namesake.emit("new user", "terry")
        turn.hears((terry, bob, namesake), "new user", "terry")


@check(
    points=1,
    hint="An emit without to= reaches every connected client. "
    "Nobody has to be in a room, or on a list, to hear who joins.",
    needs=(the_sender_hears_new_user,),
)
async def who_only_connected_hears_it_too(scene: Scene) -> None:
    """a client that has not joined hears `new user` too"""
    amy, terry, visitor = await scene.open("amy", "terry", "visitor")
    await scene.join(terry)
    async with scene.turn() as turn:
        await join(amy)
        turn.hears(visitor, "new user", "amy")


@check(
    points=1,
    hint='print(f"{username} has joined the chat") in the handler of "new user".',
    needs=(takes_a_client_over_websocket,),
    needs_output=True,
)
async def the_server_prints_who_joined(scene: Scene) -> None:
    """the server prints who has joined"""
    (amy,) = await scene.open("amy")
    async with scene.turn() as turn:
        turn.prints("amy has joined the chat", times=1)
        await join(amy)
