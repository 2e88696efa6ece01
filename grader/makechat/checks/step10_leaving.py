"""Step 10: who leaves is offline, and may come back on another socket."""

from collections.abc import Awaitable, Callable

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.checking.turn import Turn
from grader.clients.socketio import ScriptedClient
from grader.makechat.checks.step10 import (
    a_login_moves_the_messages,
    a_message_reaches_its_user,
    an_unknown_login_is_told,
)
from grader.makechat.checks.users import (
    LOGIN,
    NO_ACCOUNT,
    REGISTER,
    UNKNOWN,
    at,
    gets,
    hears_message,
    hears_no_message,
    reach,
    register,
    write,
)

CROWD = ("Ann", "ben", "cat", "dan", "eve", "fay")


async def _write_in_vain(turn: Turn, sender: ScriptedClient, name: str) -> None:
    """Write to a user who is offline: what the sender hears says that it has been dealt with."""
    await write(sender, name, "Are you asleep?")
    await sender.emit(LOGIN, {"name": "nobody"})
    turn.hears(sender, UNKNOWN, NO_ACCOUNT, more_keys=True)


@check(
    points=1,
    hint='In "disconnect", set the status of the user whose socket goes to "offline", and send to '
    "nobody who is offline. Nothing is kept for later.",
    needs=(a_message_reaches_its_user, an_unknown_login_is_told),
    of_absence=True,
)
async def who_is_offline_gets_nothing(scene: Scene) -> None:
    """a message to an offline user reaches nobody, not even later"""
    amy, terry, bob = await register(scene, "amy", "terry", "bob")
    await terry.leave()
    async with scene.turn() as turn:
        await _write_in_vain(turn, amy, "terry")
        hears_no_message(turn, bob, because="it is for terry")
        hears_no_message(turn, amy, because="terry is offline")
    (phone,) = await scene.open("terry's phone")
    async with scene.turn() as turn:
        await phone.emit(LOGIN, {"name": "terry"})
        hears_no_message(turn, phone, because="terry was offline when it was written")


async def _returns(scene: Scene, go: Callable[[ScriptedClient], Awaitable[None]]) -> None:
    amy, terry = await register(scene, "amy", "terry")
    await go(terry)
    (bob,) = await scene.open("bob")
    await bob.emit(REGISTER, {"name": "bob"})  # as anybody may meanwhile
    await reach(scene, amy, "bob", bob)
    async with scene.turn() as turn:
        phone = await at(scene, "terry's phone", "terry", amy)
        turn.hears_nothing(phone, UNKNOWN, because="terry has registered")
    await gets(scene, amy, "terry", phone, "Welcome back!", "Was it the cat?")


@check(
    points=2,
    hint='In "loginUser", set user.status = "online" again, and user.id to the new sid. A user who '
    "goes is offline, and stays in users.",
    needs=(a_message_reaches_its_user,),
)
async def who_left_can_log_in_again(scene: Scene) -> None:
    """a user who left can log in again, and gets messages"""
    await _returns(scene, ScriptedClient.leave)


@check(
    points=1,
    hint='"disconnect" is called however a client goes, and "loginUser" works after each of them.',
    needs=(who_left_can_log_in_again,),
)
async def who_was_cut_off_can_log_in_again(scene: Scene) -> None:
    """a user who was cut off can log in again, and gets messages"""
    await _returns(scene, ScriptedClient.cut)


@check(
    points=2,
    hint="Compare user.id with the sid that goes: after a login elsewhere they differ, and the "
    "user is still online.",
    needs=(a_login_moves_the_messages,),
)
async def the_old_socket_changes_nothing(scene: Scene) -> None:
    """when the user's old socket goes, the user stays online"""
    amy, terry = await register(scene, "amy", "terry")
    phone = await at(scene, "amy's phone", "amy", terry)
    await amy.leave()
    await gets(scene, terry, "amy", phone, "Still there?", "And now?")
    tablet = await at(scene, "amy's tablet", "amy", terry)
    await phone.cut()
    await gets(scene, terry, "amy", tablet, "Still there?", "And now?")


@check(
    points=1,
    hint="When the socket of a user goes, no earlier one takes its place: the user is offline.",
    needs=(the_old_socket_changes_nothing, who_is_offline_gets_nothing),
    of_absence=True,
)
async def no_earlier_socket_takes_over(scene: Scene) -> None:
    """when the user's socket goes, no earlier one gets the messages"""
    amy, terry = await register(scene, "amy", "terry")
    phone = await at(scene, "amy's phone", "amy", terry)
    await phone.leave()
    async with scene.turn() as turn:
        await _write_in_vain(turn, terry, "amy")
        hears_no_message(turn, amy, because="amy's socket was the phone, which has gone")


@check(
    points=2,
    hint=(
        "Set only the user offline whose id is the sid that disconnected. A variable that all "
        "handlers share holds the user who came last."
    ),
    needs=(who_is_offline_gets_nothing,),
    of_absence=True,
)
async def the_others_stay_online(scene: Scene) -> None:
    """when one user goes, all the others stay online"""
    amy, terry, bob, eve = await register(scene, "amy", "terry", "bob", "eve")
    await terry.leave()
    for sender, reader in ((bob, amy), (eve, bob), (amy, eve)):
        await gets(scene, sender, reader.name, reader, "terry has left", "Has he?")
    await amy.leave()
    for sender, reader in ((bob, eve), (eve, bob)):
        await gets(scene, sender, reader.name, reader, "amy has left", "Has she?")


@check(
    points=1,
    hint="A socket that never registered is no user's: there is nobody to set offline.",
    needs=(who_is_offline_gets_nothing,),
    of_absence=True,
)
async def a_stranger_takes_nobody_along(scene: Scene) -> None:
    """when a client that never registered leaves, all users stay online"""
    amy, terry = await register(scene, "amy", "terry")
    for go in (ScriptedClient.leave, ScriptedClient.close_tab):
        (stranger,) = await scene.open("a stranger")
        await go(stranger)
        for sender, reader in ((amy, terry), (terry, amy)):
            await gets(scene, sender, reader.name, reader, "Who was that?", "Nobody?")


@check(
    points=2,
    hint="Each name leads to a User of its own, and each socket to the user who is there now.",
    needs=(who_left_can_log_in_again, the_others_stay_online),
)
async def the_right_one_is_reached_while_many_come_and_go(scene: Scene) -> None:
    """users come and go, and each message finds its user"""
    (sender, *crowd) = await register(scene, "amy", *CROWD)
    here = {one.name: one for one in crowd}
    for name in CROWD[::2]:
        await here.pop(name).leave()
    for name in CROWD[:3:2]:
        here[name] = await at(scene, f"{name} again", name, sender)
    async with scene.turn() as turn:
        for name in CROWD:
            await write(sender, name, f"for {name}")
        for name, one in here.items():
            hears_message(turn, one, f"for {name}")
        hears_no_message(turn, sender, because="none of them is for amy")
