"""Step 7, Changing the channel: rooms, their messages, and who hears what.

Left open: whether a client leaves its former channel's room, what the maker of a channel that
exists is answered, whether a change to an unknown one is, and what else a message of the history
has than its sender and text.
"""

from functools import partial

from grader.checking.check import check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.makechat import vocabulary
from grader.makechat.checks import step03, step06
from grader.makechat.checks.channels import (
    ALL,
    CHANGE,
    MESSAGE,
    NEW,
    enter,
    expect_channels,
    expect_history,
    history,
    make,
    open_in_general,
    open_pages,
    say_in,
)
from grader.makechat.people import GENERAL, and_then, join, say

VOCABULARY = vocabulary.CHAT
REPEATS = (step03.takes_a_client_over_websocket,)

NAMES = (
    "late night",
    "late",  # a part of another one
    "<b>cats</b> & dogs",
    "猫 🐈",
    "  Late  NIGHT ",
    "n" * 32,
    "Late night",
    "late night ",
)
# What a server may be tempted to tidy up; what has been said before, twice; and many more.
MORE = (
    ("  Nine  & TEN ", "<b>eleven</b>", "ça va? 猫", "one", "one"),
    *([f"no. {i}{j}" for j in range(7)] for i in range(3)),
)


@check(
    points=2,
    hint='In the handler of "new channel", emit "new channel" with the name, without to=.',
    needs=(step03.takes_a_client_over_websocket,),
)
async def everybody_hears_of_a_new_channel(scene: Scene) -> None:
    """everybody hears `new channel`, once, also clients that have not joined"""
    amy, terry, visitor = await scene.open("amy", "terry", "visitor")
    await scene.join(amy, terry)
    async with scene.turn() as turn:
        await amy.emit(NEW, "cats")
        turn.hears((amy, terry, visitor), NEW, "cats", because=ONCE)


@check(
    points=1,
    hint=(
        'Answer "get channels" with list(channels), to=sid: only the names, and only '
        "to the client that asks, joined or not."
    ),
    needs=(step03.takes_a_client_over_websocket,),
)
async def only_the_asker_gets_the_channels(scene: Scene) -> None:
    """only the client that asks gets the names of all channels"""
    amy, terry, visitor = await scene.open("amy", "terry", "visitor")
    await scene.join(amy, terry)
    for asker, others in ((amy, (terry, visitor)), (visitor, (amy, terry))):
        async with scene.turn() as turn:
            await asker.emit(ALL)
            turn.hears(asker, ALL, [GENERAL])
            for other in others:
                turn.hears_nothing(other, ALL, because=f"{other.name} did not ask")
    await and_then(scene, partial(join, visitor), "new user", amy)


@check(
    points=1,
    hint='channels starts as {"General": []}. The page sends "user changed channel", General, on '
    "connecting: answer it, and enter the room.",
    needs=(step03.takes_a_client_over_websocket,),
)
async def general_is_there_from_the_start(scene: Scene) -> None:
    """General is there from the start, and keeps its messages"""
    amy, terry, visitor = await open_in_general(scene, "amy", "terry", "visitor")
    await scene.join(amy, terry)
    async with scene.turn() as turn:
        message = await say(amy, "hello")
        turn.hears((amy, terry, visitor), MESSAGE, message)
    await open_in_general(scene, "bob")
    await expect_history(scene, terry, GENERAL, [message])


@check(
    points=2,
    hint='In the handler of "new channel", enter the room and emit "user changed channel" with '
    '{"channel": name, "messages": []}, to=sid.',
    needs=(step03.takes_a_client_over_websocket,),
)
async def its_maker_is_taken_there(scene: Scene) -> None:
    """only the user who makes a channel is moved there"""
    amy, terry, visitor = await open_pages(scene, "amy", "terry", "visitor")
    await scene.join(terry)
    async with scene.turn() as turn:
        await amy.emit(NEW, "cats")
        turn.hears(amy, CHANGE, history("cats", []), more_keys=True)
        for other in (terry, visitor):
            turn.hears_nothing(other, CHANGE, because=f"{other.name} did not make it")
    await and_then(scene, partial(join, amy), "new user", terry)


@check(
    points=2,
    hint='await sio.enter_room(sid, name), in the handler of "new channel" and in that of '
    '"user changed channel"; then emit(..., room=channel) reaches them.',
    needs=(its_maker_is_taken_there,),
)
async def its_members_hear_a_message(scene: Scene) -> None:
    """the members of a channel hear a message"""
    amy, terry = await open_in_general(scene, "amy", "terry")
    await scene.join(amy, terry)
    await make(scene, amy, "cats")
    await enter(scene, terry, "cats")
    await enter(scene, terry, "cats")  # a second time changes nothing
    for sender in (amy, terry):
        async with scene.turn() as turn:
            message = await say(sender, "meow", channel="cats")
            turn.hears((amy, terry), MESSAGE, message)


@check(
    points=1,
    hint="Let the socket that changes the channel leave the old room, or stay in it; close_room() "
    "and the like take everybody out.",
    needs=(its_members_hear_a_message,),
)
async def who_changes_takes_nobody_out(scene: Scene) -> None:
    """a user who changes the channel takes nobody else out of it"""
    amy, terry = await open_in_general(scene, "amy", "terry")
    await scene.join(amy, terry)
    await make(scene, amy, "cats")
    await enter(scene, terry, "cats")
    await make(scene, terry, "dogs")
    async with scene.turn() as turn:
        message = await say(amy, "meow", channel="cats")
        turn.hears(amy, MESSAGE, message)  # whether terry does is left open


@check(
    points=2,
    hint='emit("new message", data, room=data["channel"]): without room= it reaches everybody.',
    needs=(its_members_hear_a_message,),
)
async def nobody_else_hears_a_message(scene: Scene) -> None:
    """a client that never entered a channel does not hear its messages"""
    amy, bob, eve = await open_in_general(scene, "amy", "bob", "eve")
    await scene.join(bob, eve)
    await make(scene, amy, "cats")
    await make(scene, eve, "dogs")
    async with scene.turn() as turn:
        message = await say(amy, "meow", channel="cats")
        turn.hears(amy, MESSAGE, message)
        for other in (bob, eve):
            turn.hears_nothing(other, MESSAGE, because=f"{other.name} never entered cats")
    await and_then(scene, partial(join, amy), "new user", bob)


@check(
    points=2,
    hint='Append {"sender": ..., "message": ...} to channels[channel] in "new message"; in '
    '"user changed channel", emit {"channel": name, "messages": channels[name]}, to=sid.',
    needs=(its_members_hear_a_message,),
)
async def who_changes_gets_the_history(scene: Scene) -> None:
    """only the client that changes the channel gets its history"""
    amy, terry, bob = await open_in_general(scene, "amy", "terry", "bob")
    await scene.join(amy)
    await make(scene, amy, "cats")
    said = await say_in(scene, amy, "cats", "one", "two", "three")
    async with scene.turn() as turn:
        await terry.emit(CHANGE, "cats")
        turn.hears(terry, CHANGE, history("cats", said), more_keys=True)
        for other in (amy, bob):
            turn.hears_nothing(other, CHANGE, because=f"{other.name} did not change the channel")
    await and_then(scene, partial(join, terry), "new user", amy)
    for sender, texts in ((terry, ("four", "five")), *((amy, texts) for texts in MORE)):
        async with scene.turn() as turn:
            more = [await say(sender, text, channel="cats") for text in texts]
            turn.hears((amy, terry), MESSAGE, *more)
        said += more
    await expect_history(scene, bob, "cats", said)
    await expect_history(scene, amy, "cats", said)


@check(
    points=1,
    hint="Every channel has a list of its own: write [] where it is made.",
    needs=(who_changes_gets_the_history, general_is_there_from_the_start),
)
async def histories_do_not_mix(scene: Scene) -> None:
    """the histories of two channels do not mix"""
    amy, terry = await open_in_general(scene, "amy", "terry")
    await scene.join(amy)
    said = {GENERAL: await say_in(scene, amy, GENERAL, "hello")}
    for channel, text in (("cats", "meow"), ("dogs", "woof")):
        await make(scene, amy, channel)
        said[channel] = await say_in(scene, amy, channel, text)
    for channel in said:
        await expect_history(scene, terry, channel, said[channel])


@check(
    points=2,
    hint="channels.setdefault(name, []) makes a list only where there is none yet. A user "
    'who makes the channel again is moved there: "user changed channel", with that list.',
    needs=(who_changes_gets_the_history,),
)
async def an_existing_channel_keeps_its_history(scene: Scene) -> None:
    """a channel that is made again keeps messages and members"""
    amy, terry, bob = await open_in_general(scene, "amy", "terry", "bob")
    await scene.join(amy, terry, bob)
    for channel, text in ((GENERAL, "hello"), ("cats", "meow")):
        if channel != GENERAL:
            await make(scene, amy, channel)
        said = await say_in(scene, amy, channel, text)
        await expect_history(scene, terry, channel, said)
        async with scene.turn() as turn:
            await bob.emit(NEW, channel)
            turn.hears(bob, CHANGE, history(channel, said), more_keys=True)
        await expect_history(scene, terry, channel, said)
        async with scene.turn() as turn:
            message = await say(bob, "still there?", channel=channel)
            turn.hears((amy, terry, bob), MESSAGE, message)


@check(
    points=1,
    hint='What was said stays said: "disconnect" removes a user, not the messages.',
    needs=(who_changes_gets_the_history, step06.who_disconnects_is_removed),
)
async def the_history_outlives_its_author(scene: Scene) -> None:
    """a message stays in the history after its sender has left"""
    amy, terry, bob = await open_in_general(scene, "amy", "terry", "bob")
    await scene.join(amy, terry)
    await make(scene, amy, "cats")
    said = await say_in(scene, amy, "cats", "meow")
    async with scene.turn() as turn:
        await amy.leave()
        turn.hears_some(terry, "user has left")
    await expect_history(scene, bob, "cats", said)
    await terry.leave()
    await bob.leave()
    (eve,) = await open_in_general(scene, "eve")
    await expect_history(scene, eve, "cats", said)


@check(
    points=1,
    hint=(
        "A dict keeps the order of its keys: list(channels). Answer clients that have "
        "not joined, too."
    ),
    needs=(only_the_asker_gets_the_channels, its_maker_is_taken_there),
)
async def a_newcomer_gets_all_channels(scene: Scene) -> None:
    """a newcomer gets all channels, in the order they were made"""
    (amy,) = await open_in_general(scene, "amy")
    await scene.join(amy)
    names = ("zebras", "apples", "mice")  # not the order of their letters
    await make(scene, amy, *names)
    await say(amy, "is anybody there?", channel="elsewhere")  # makes none
    (visitor,) = await open_in_general(scene, "visitor")
    await expect_channels(scene, visitor, *names)
    await make(scene, amy, "foxes", "apples", GENERAL)  # two of them are there already
    await expect_channels(scene, visitor, *names, "foxes")


@check(
    points=1,
    hint="Look whether the name is in channels first. A defaultdict, or setdefault, makes it.",
    needs=(
        general_is_there_from_the_start,
        only_the_asker_gets_the_channels,
        its_members_hear_a_message,
    ),
)
async def a_change_to_nowhere_makes_no_channel(scene: Scene) -> None:
    """changing to an unknown channel does nothing"""
    amy, terry = await open_in_general(scene, "amy", "terry")
    await scene.join(amy, terry)
    await amy.emit(CHANGE, "nowhere")
    await expect_channels(scene, amy)
    await say_in(scene, terry, GENERAL, "hello")
    await expect_channels(scene, terry)
    await make(scene, amy, "cats")
    await enter(scene, terry, "cats")
    async with scene.turn() as turn:
        message = await say(terry, "hello", channel="cats")
        turn.hears((amy, terry), MESSAGE, message)
    await amy.emit(CHANGE, "nowhere")
    async with scene.turn() as turn:
        message = await say(terry, "still there?", channel="cats")
        turn.hears((amy, terry), MESSAGE, message, because="amy is in it still")


@check(
    points=1,
    hint="Emit a message only where its channel is in channels: room=None reaches everybody.",
    needs=(general_is_there_from_the_start,),
)
async def a_message_to_nowhere_reaches_nobody(scene: Scene) -> None:
    """a message to an unknown channel reaches nobody"""
    amy, terry = await open_in_general(scene, "amy", "terry")
    await scene.join(amy, terry)
    await terry.emit(CHANGE, "nowhere")
    async with scene.turn() as turn:
        await say(amy, "is anybody there?", channel="nowhere")
        turn.hears_nothing((amy, terry), MESSAGE, because="there is no such channel")
    async with scene.turn() as turn:
        message = await say(amy, "hello")
        turn.hears((amy, terry), MESSAGE, message)
    await scene.unjudged(MESSAGE)
    await amy.emit(NEW, "nowhere")
    async with scene.turn() as turn:
        await say(amy, "now there is", channel="nowhere")
        because = "terry asked for it before it was there"
        turn.hears_nothing(terry, MESSAGE, because=because)


@check(
    points=1,
    hint="A channel's name is a key like any other: nothing escaped, stripped or in lower case.",
    needs=(histories_do_not_mix, a_newcomer_gets_all_channels),
)
async def a_channel_has_any_name(scene: Scene) -> None:
    """a channel can have any name: spaces, markup, any script"""
    amy, terry = await open_in_general(scene, "amy", "terry")
    await scene.join(amy)
    for name in NAMES:
        async with scene.turn() as turn:
            await amy.emit(NEW, name)
            turn.hears(terry, NEW, name)
            turn.hears(amy, CHANGE, history(name, []), more_keys=True)
        said = await say_in(scene, amy, name, "hello")
        await expect_history(scene, terry, name, said)
    await expect_channels(scene, amy, *NAMES)
