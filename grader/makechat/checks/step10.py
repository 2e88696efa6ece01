"""Step 10, Handling users: register, log in, and write to one user.

Left open: what a socket that registers a second name is, whether one may write to oneself, and
whether names that differ in their case alone are two.
"""

from grader.checking.check import check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.makechat import vocabulary
from grader.makechat.checks import step03
from grader.makechat.checks.users import (
    LOGIN,
    NAMES,
    NO_ACCOUNT,
    REGISTER,
    TEXTS,
    UNKNOWN,
    at,
    hears_message,
    hears_no_message,
    reach,
    register,
    write,
)

VOCABULARY = vocabulary.USERS
REPEATS = (step03.takes_a_client_over_websocket, step03.takes_a_client_over_polling)


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
    """nobody else hears the message, not even its sender"""
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
        turn.hears(amy, UNKNOWN, NO_ACCOUNT, more_keys=True, because=ONCE)
    async with scene.turn() as turn:
        await amy.emit(LOGIN, {"name": ""})
        turn.hears(amy, UNKNOWN, NO_ACCOUNT, more_keys=True, because=ONCE)


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
        turn.hears(visitor, UNKNOWN, NO_ACCOUNT, more_keys=True)
        for other in (amy, terry):
            turn.hears_nothing(other, UNKNOWN, because=f"{other.name} did not ask")
    async with scene.turn() as turn:
        await write(amy, "bob", "Are you bob?")
        await write(amy, "terry", "He is not bob.")
        hears_message(turn, terry, "He is not bob.")
        hears_no_message(turn, visitor, because="bob never registered")


async def _moves(scene: Scene, event: str) -> None:
    amy, terry = await register(scene, "amy", "terry")
    async with scene.turn() as turn:
        phone = await at(scene, "amy's phone", "amy", terry, event)
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
