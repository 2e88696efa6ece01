"""Step 10, Handling users: register, log in, and write to one user.

Left open: what a socket that registers a second name is, whether one may write to oneself, and
whether names that differ in their case alone are two.
"""

from collections.abc import Awaitable, Callable

from grader.checking.check import check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.makechat import vocabulary
from grader.makechat.checks import step03
from grader.makechat.checks.users import (
    LOGIN,
    NAMES,
    REGISTER,
    TEXTS,
    UNKNOWN,
    hears_message,
    hears_no_message,
    reach,
    register,
    write,
)

VOCABULARY = vocabulary.USERS
REPEATS = (step03.takes_a_client_over_websocket, step03.takes_a_client_over_polling)

CROWD = ("Ann", "ben", "cat", "dan", "eve", "fay")

_NO_ACCOUNT = {"msg": "No account was found"}


async def _at(
    scene: Scene, where: str, user: str, sender: ScriptedClient, event: str = LOGIN
) -> ScriptedClient:
    """Let a known user be at one more socket, where somebody writes to that user."""
    (client,) = await scene.open(where)
    await client.emit(event, {"name": user})
    await reach(scene, sender, user, client)
    return client


@check(
    points=2,
    hint='In "registerUser", save users[name] = User(sid, name). In "sendAnotherUserAMessage", '
    'find the user, and emit "recMessage" with {"msg": ...}, to=user.id.',
    needs=(step03.takes_a_client_over_websocket,),
)
async def a_message_reaches_its_user(scene: Scene) -> None:
    """a message reaches the user it is written to, once"""
    amy, terry = await register(scene, "amy", "terry")
    async with scene.turn() as turn:
        await write(amy, "terry", "Is the kettle on?")
        hears_message(turn, terry, "Is the kettle on?", because=ONCE)


@check(
    points=2,
    hint="emit(..., to=user.id) reaches one socket; without to= it reaches all.",
    needs=(a_message_reaches_its_user,),
)
async def nobody_else_hears_it(scene: Scene) -> None:
    """nobody else hears it, and its sender does not either"""
    amy, terry, bob = await register(scene, "amy", "terry", "bob")
    (visitor,) = await scene.open("visitor")
    async with scene.turn() as turn:
        await write(amy, "terry", "This is between us.")
        hears_message(turn, terry, "This is between us.")
        hears_no_message(turn, amy, because="amy wrote it")
        hears_no_message(turn, bob, visitor, because="it is for terry")
    async with scene.turn() as turn:
        # Whatever the server did with the first message, it has done it when this one comes.
        await write(terry, "bob", "Hello, bob")
        hears_message(turn, bob, "Hello, bob")


@check(
    points=1,
    hint='Send what was written, and all of it: {"msg": data["msg"]}.',
    needs=(a_message_reaches_its_user,),
)
async def the_text_comes_unchanged(scene: Scene) -> None:
    """the text comes as it was written, whatever it is"""
    amy, terry = await register(scene, "amy", "terry")
    async with scene.turn() as turn:
        for text in TEXTS:
            await write(amy, "terry", text)
        hears_message(turn, terry, *TEXTS)


@check(
    points=1,
    hint="A name is any text. Look it up as it came: users[data['name']].",
    needs=(a_message_reaches_its_user,),
)
async def any_name_will_do(scene: Scene) -> None:
    """users of any name get what is written to them, and no more"""
    users = await register(scene, *NAMES)
    for user, sender in zip(users, [users[-1], *users], strict=False):
        async with scene.turn() as turn:
            await write(sender, user.name, f"for {user.name}")
            hears_message(turn, user, f"for {user.name}")
            for other in users:
                if other is not user:
                    hears_no_message(turn, other, because="it is for another user")


@check(
    points=1,
    hint=(
        'Where there is no such user, emit nothing. Mind that to=None and to="" reach everybody.'
    ),
    needs=(a_message_reaches_its_user,),
)
async def an_unknown_name_reaches_nobody(scene: Scene) -> None:
    """a message to an unknown name reaches nobody"""
    amy, terry = await register(scene, "amy", "terry")
    async with scene.turn() as turn:
        await write(amy, "nobody", "Is nobody there?")
        await write(amy, "", "Hello?")
        await write(amy, "terry", "Hello, terry")
        hears_message(turn, terry, "Hello, terry", because="nobody has this name")
        hears_no_message(turn, amy, because="nobody has this name")


@check(
    points=1,
    hint='Emit "noAccountFound" with {"msg": "No account was found"}, to=sid.',
    needs=(step03.takes_a_client_over_websocket,),
)
async def an_unknown_login_is_told(scene: Scene) -> None:
    """a login under an unknown name gets `noAccountFound`"""
    amy, terry = await scene.open("amy", "terry")
    await terry.emit(REGISTER, {"name": "terry"})
    async with scene.turn() as turn:
        await amy.emit(LOGIN, {"name": "amy"})
        turn.hears(amy, UNKNOWN, _NO_ACCOUNT, more_keys=True, because=ONCE)
    async with scene.turn() as turn:
        await amy.emit(LOGIN, {"name": ""})
        turn.hears(amy, UNKNOWN, _NO_ACCOUNT, more_keys=True, because=ONCE)


@check(
    points=1,
    hint="to=sid answers the client that asked.",
    needs=(an_unknown_login_is_told, a_message_reaches_its_user),
)
async def only_the_asker_is_told(scene: Scene) -> None:
    """only the client that asks gets `noAccountFound`, and stays unknown"""
    amy, terry = await register(scene, "amy", "terry")
    (visitor,) = await scene.open("visitor")
    async with scene.turn() as turn:
        await visitor.emit(LOGIN, {"name": "bob"})
        turn.hears(visitor, UNKNOWN, _NO_ACCOUNT, more_keys=True)
        for other in (amy, terry):
            turn.hears_nothing(other, UNKNOWN, because=f"{other.name} did not ask")
    async with scene.turn() as turn:
        await write(amy, "bob", "Are you bob?")
        await write(amy, "terry", "He is not bob.")
        hears_message(turn, terry, "He is not bob.")
        hears_no_message(turn, visitor, because="bob never registered")


async def _gets(
    scene: Scene, sender: ScriptedClient, name: str, reader: ScriptedClient, *texts: str
) -> None:
    """Write texts to a user, one after the other, which the reader hears.

    Somebody has just gone, and no event tells when the server has dealt with that: of several
    messages the last one is sent after it.
    """
    for text in texts:
        async with scene.turn() as turn:
            await write(sender, name, text)
            hears_message(turn, reader, text)


async def _moves(scene: Scene, event: str) -> None:
    amy, terry = await register(scene, "amy", "terry")
    async with scene.turn() as turn:
        phone = await _at(scene, "amy's phone", "amy", terry, event)
        turn.hears_nothing(phone, UNKNOWN, because="amy has registered")
    async with scene.turn() as turn:
        await write(terry, "amy", "Where are you now?")
        hears_message(turn, phone, "Where are you now?", because=ONCE)
        hears_no_message(turn, amy, because="amy is at her phone now")
    async with scene.turn() as turn:
        await write(phone, "terry", "In the garden.")
        hears_message(turn, terry, "In the garden.")
    await amy.emit(event, {"name": "amy"})
    await reach(scene, terry, "amy", amy)
    async with scene.turn() as turn:
        await write(terry, "amy", "And now?")
        hears_message(turn, amy, "And now?", because=ONCE)
        hears_no_message(turn, phone, because="amy is at her first socket again")


@check(
    points=2,
    hint='In "loginUser", set user.id = sid: the socket that logs in is where the user is now.',
    needs=(a_message_reaches_its_user,),
)
async def a_login_moves_the_messages(scene: Scene) -> None:
    """after a login at a new socket only that one gets the messages"""
    await _moves(scene, LOGIN)


@check(
    points=1,
    hint='In "registerUser", look whether the name is known; if it is, do what "loginUser" does.',
    needs=(a_message_reaches_its_user,),
)
async def a_known_name_is_logged_in(scene: Scene) -> None:
    """a user who registers a known name is logged in"""
    await _moves(scene, REGISTER)


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
        await write(amy, "terry", "Are you asleep?")
        await amy.emit(LOGIN, {"name": "nobody"})  # answered once the message is dealt with
        turn.hears(amy, UNKNOWN, _NO_ACCOUNT, more_keys=True)
        hears_no_message(turn, bob, because="it is for terry")
        hears_no_message(turn, amy, because="terry is offline")
    (phone,) = await scene.open("terry's phone")
    async with scene.turn() as turn:
        await phone.emit(LOGIN, {"name": "terry"})
        hears_no_message(turn, phone, because="terry was offline when it was written")


async def _returns(scene: Scene, go: Callable[[ScriptedClient], Awaitable[None]]) -> None:
    amy, terry = await register(scene, "amy", "terry")
    await go(terry)
    async with scene.turn() as turn:
        phone = await _at(scene, "terry's phone", "terry", amy)
        turn.hears_nothing(phone, UNKNOWN, because="terry has registered")
    await _gets(scene, amy, "terry", phone, "Welcome back!", "Was it the cat?")


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
    phone = await _at(scene, "amy's phone", "amy", terry)
    await amy.leave()
    await _gets(scene, terry, "amy", phone, "Still there?", "And now?")
    tablet = await _at(scene, "amy's tablet", "amy", terry)
    await phone.cut()
    await _gets(scene, terry, "amy", tablet, "Still there?", "And now?")


@check(
    points=2,
    hint=(
        "Set only the user offline whose id is the sid that went. A variable that all "
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
        await _gets(scene, sender, reader.name, reader, "terry has left", "Has he?")
    await amy.leave()
    for sender, reader in ((bob, eve), (eve, bob)):
        await _gets(scene, sender, reader.name, reader, "amy has left", "Has she?")


@check(
    points=1,
    hint="A socket that never registered is no user's: there is nobody to set offline.",
    needs=(who_is_offline_gets_nothing,),
    of_absence=True,
)
async def a_stranger_takes_nobody_along(scene: Scene) -> None:
    """a client that never registered goes: nobody is offline"""
    amy, terry = await register(scene, "amy", "terry")
    for go in (ScriptedClient.leave, ScriptedClient.close_tab):
        (stranger,) = await scene.open("a stranger")
        await go(stranger)
        for sender, reader in ((amy, terry), (terry, amy)):
            await _gets(scene, sender, reader.name, reader, "Who was that?", "Nobody?")


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
        here[name] = await _at(scene, f"{name} again", name, sender)
    async with scene.turn() as turn:
        for name in CROWD:
            await write(sender, name, f"for {name}")
        for name, one in here.items():
            hears_message(turn, one, f"for {name}")
        hears_no_message(turn, sender, because="none of them is for amy")
