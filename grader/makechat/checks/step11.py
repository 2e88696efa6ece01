"""Step 11, A room per user: every socket of a user hears what is written to that user.

Left open: whether a socket that enters a second user's room leaves the first, and whether the room
that Socket.IO gives to each socket by itself, under its id, can be written to.
"""

from collections.abc import Awaitable, Callable

from grader.checking.check import check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.makechat import vocabulary
from grader.makechat.checks import step03
from grader.makechat.checks.users import (
    LEAVE,
    NAMES,
    TEXTS,
    depart,
    enter,
    hears_message,
    hears_no_message,
    write,
)

VOCABULARY = vocabulary.USERS
REPEATS = (step03.takes_a_client_over_websocket, step03.takes_a_client_over_polling)


@check(
    points=2,
    hint='In "userConnected", await sio.enter_room(sid, ...) with a room for this user id. In '
    '"sendAnotherUserAMessage", emit "recMessage" to the room of that user.',
    needs=(step03.takes_a_client_over_websocket,),
)
async def a_message_reaches_the_room(scene: Scene) -> None:
    """a message reaches a socket that has entered the user's room"""
    amy, terry = await scene.open("amy", "terry")
    await enter(scene, "amy", terry, amy)
    async with scene.turn() as turn:
        await write(terry, "amy", "Is the kettle on?")
        hears_message(turn, amy, "Is the kettle on?", because=ONCE)


@check(
    points=3,
    hint="A room has any number of sockets. Keep no socket id of a user: each tab enters the room.",
    needs=(a_message_reaches_the_room,),
)
async def all_tabs_hear_it(scene: Scene) -> None:
    """three tabs of one user hear a message, once each"""
    *tabs, terry = await scene.open("amy's tab", "amy's phone", "amy's tablet", "terry")
    await enter(scene, "amy", terry, *tabs)
    for text in ("Where are you?", "Ah, there."):
        async with scene.turn() as turn:
            await write(terry, "amy", text)
            hears_message(turn, tabs, text, because=ONCE)


@check(
    points=2,
    hint="emit(..., to=room) reaches those who have entered the room, and nobody else.",
    needs=(all_tabs_hear_it,),
)
async def no_other_socket_hears_it(scene: Scene) -> None:
    """no socket of another user hears it, and no visitor"""
    tab, phone, terry, bob = await scene.open("amy's tab", "amy's phone", "terry", "bob")
    (visitor,) = await scene.open("visitor")
    await enter(scene, "amy", terry, tab, phone)
    await enter(scene, "terry", tab, terry)
    await enter(scene, "bob", tab, bob)
    async with scene.turn() as turn:
        await write(terry, "amy", "This is between us.")
        hears_message(turn, (tab, phone), "This is between us.")
        hears_no_message(turn, terry, because="terry wrote it")
        hears_no_message(turn, bob, visitor, because="it is for amy")
    async with scene.turn() as turn:
        # Whatever the server did with the first message, it has done it when this one comes.
        await write(tab, "bob", "Hello, bob")
        hears_message(turn, bob, "Hello, bob")
        hears_no_message(turn, phone, because="it is for bob")


@check(
    points=1,
    hint="Emit to the room, the socket that wrote included: leave skip_sid out.",
    needs=(all_tabs_hear_it,),
)
async def ones_own_tabs_hear_it(scene: Scene) -> None:
    """a user who writes to their own id hears it in every tab"""
    tab, phone, terry = await scene.open("amy's tab", "amy's phone", "terry")
    await enter(scene, "amy", terry, tab, phone)
    async with scene.turn() as turn:
        await write(tab, "amy", "Buy milk.")
        hears_message(turn, (tab, phone), "Buy milk.")


@check(
    points=1,
    hint='Send what was written, and all of it: {"msg": data["msg"]}.',
    needs=(a_message_reaches_the_room,),
)
async def the_text_comes_unchanged_to_a_room(scene: Scene) -> None:
    """the text comes as it was written, whatever it is"""
    amy, terry = await scene.open("amy", "terry")
    await enter(scene, "amy", terry, amy)
    async with scene.turn() as turn:
        for text in TEXTS:
            await write(terry, "amy", text)
        hears_message(turn, amy, *TEXTS)


@check(
    points=1,
    hint="Let the name of the room be made from the user id in one place, as it came.",
    needs=(a_message_reaches_the_room,),
)
async def any_user_id_will_do(scene: Scene) -> None:
    """users of any id get what is written to them, and no more"""
    users = await scene.open(*NAMES)
    for user, sender in zip(users, [users[-1], *users], strict=False):
        await enter(scene, user.name, sender, user)
    for user, sender in zip(users, [users[-1], *users], strict=False):
        async with scene.turn() as turn:
            await write(sender, user.name, f"for {user.name}")
            hears_message(turn, user, f"for {user.name}")
            for other in users:
                if other is not user:
                    hears_no_message(turn, other, because="it is for another user")


@check(
    points=2,
    hint='In "userDisconnected", await sio.leave_room(sid, ...) with the same room.',
    needs=(all_tabs_hear_it,),
)
async def who_leaves_the_room_hears_no_more(scene: Scene) -> None:
    """a socket that leaves the room hears no more, the others do"""
    tab, phone, terry = await scene.open("amy's tab", "amy's phone", "terry")
    await enter(scene, "amy", terry, tab, phone)
    await enter(scene, "terry", phone, terry)
    await depart(scene, "amy", terry, tab, phone)
    for text in ("Has she left?", "In one tab, yes."):
        async with scene.turn() as turn:
            await write(terry, "amy", text)
            hears_message(turn, phone, text)
            hears_no_message(turn, tab, because="this tab has left the room")


@check(
    points=1,
    hint="enter_room and leave_room can be called any number of times.",
    needs=(who_leaves_the_room_hears_no_more,),
    of_absence=True,
)
async def who_left_the_room_can_enter_again(scene: Scene) -> None:
    """a socket that has left can enter again, and hears it once"""
    tab, phone, terry = await scene.open("amy's tab", "amy's phone", "terry")
    await enter(scene, "amy", terry, tab, phone)
    await depart(scene, "amy", terry, tab, phone)
    await phone.leave()
    await enter(scene, "amy", terry, tab)
    await enter(scene, "amy", terry, tab)  # once more: it changes nothing
    async with scene.turn() as turn:
        await write(terry, "amy", "Welcome back!")
        hears_message(turn, tab, "Welcome back!", because=ONCE)
    (tablet,) = await scene.open("amy's tablet")
    await enter(scene, "amy", terry, tab, tablet)
    await depart(scene, "amy", terry, tab, tablet)
    async with scene.turn() as turn:
        await write(terry, "amy", "Gone again?")
        hears_message(turn, tablet, "Gone again?")
        hears_no_message(turn, tab, because="however often it entered, it has left the room")


@check(
    points=1,
    hint="Let the socket leave the room that the event names, not every room it is in.",
    needs=(who_leaves_the_room_hears_no_more,),
    of_absence=True,
)
async def leaving_another_room_changes_nothing(scene: Scene) -> None:
    """leaving a room that the socket is not in changes nothing"""
    amy, terry, bob = await scene.open("amy", "terry", "bob")
    await enter(scene, "amy", bob, amy)
    await enter(scene, "terry", bob, terry)
    await amy.emit(LEAVE, "terry")
    await bob.emit(LEAVE, "nobody")
    for text in ("Who is still there?", "Both?"):
        async with scene.turn() as turn:
            await write(bob, "amy", text)
            await write(bob, "terry", text)
            hears_message(turn, (amy, terry), text)


@check(
    points=1,
    hint='Where nobody has entered the room, nobody hears it. Mind that to="" and to=None are no '
    'room: they reach everybody. A name like f"user {user_id}" is never empty.',
    needs=(a_message_reaches_the_room,),
)
async def an_empty_room_reaches_nobody(scene: Scene) -> None:
    """a message to an unknown or an empty name reaches nobody"""
    amy, terry = await scene.open("amy", "terry")
    await enter(scene, "amy", terry, amy)
    async with scene.turn() as turn:
        await write(terry, "nobody", "Is nobody there?")
        await write(terry, "", "Hello?")
        await write(terry, "amy", "Hello, amy")
        hears_message(turn, amy, "Hello, amy", because="it is not for amy")
        hears_no_message(turn, terry, because="it is not for terry")


async def _goes(scene: Scene, go: Callable[[ScriptedClient], Awaitable[None]]) -> None:
    tab, phone, terry = await scene.open("amy's tab", "amy's phone", "terry")
    await enter(scene, "amy", terry, tab, phone)
    await go(tab)
    for text in ("Are you still there?", "In the other tab?"):
        async with scene.turn() as turn:
            await write(terry, "amy", text)
            hears_message(turn, phone, text, because=ONCE)


@check(
    points=1,
    hint="A socket that goes leaves its rooms by itself; the user's other sockets stay in theirs.",
    needs=(all_tabs_hear_it,),
)
async def the_other_tabs_stay(scene: Scene) -> None:
    """when one tab is closed, the user's other tabs still hear messages"""
    await _goes(scene, ScriptedClient.close_tab)


@check(
    points=1,
    hint="A socket that goes leaves its rooms by itself, however it goes.",
    needs=(all_tabs_hear_it,),
)
async def the_other_tabs_stay_after_a_cut(scene: Scene) -> None:
    """when one tab is cut off, the user's other tabs still hear messages"""
    await _goes(scene, ScriptedClient.cut)
