"""Step 7's page, Changing the channel: its channels, and the messages of the current one."""

from grader.browser.page import Page
from grader.browser.sights import named
from grader.checking.check import page_check
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.makechat.checks import page04, page05, page06, step07
from grader.makechat.checks.channels import CHANGE, MESSAGE, NEW
from grader.makechat.people import GENERAL, add_channel, change_channel, join, say, write
from grader.makechat.places import CHANNEL_INPUT, channels, current, messages

REPEATS = (
    page04.the_form_sends_the_name,
    page05.a_message_appears_in_the_others_page,
    page06.a_later_page_lists_who_was_there,
    page06.who_closes_the_page_disappears,
)

MARKUP = "<i>off topic</i>"
BEFORE = ("kettles", "teapots")


async def in_general(scene: Scene, *names: str) -> list[Page]:
    """Pages of users who have joined, and are in General."""
    pages = await scene.visit(*names)
    await scene.join(*pages)
    async with scene.turn() as turn:
        turn.shows(pages, channels(GENERAL), current(GENERAL))
    return pages


async def make(scene: Scene, maker: ScriptedClient, name: str, *texts: str) -> None:
    """A channel with messages in it, made by somebody else."""
    async with scene.turn() as turn:
        await maker.emit(NEW, name)
        turn.hears_some(maker, CHANGE)
    async with scene.turn() as turn:
        for text in texts:
            await say(maker, text, channel=name)
        turn.hears_some(maker, MESSAGE)


@page_check(
    points=1,
    hint='On connecting, emit "get channels" and "user changed channel" with "General". '
    "Give the current channel the class channel-current and aria-current.",
    needs=(step07.general_is_there_from_the_start, page04.the_form_sends_the_name),
)
async def general_is_the_current_channel(scene: Scene) -> None:
    """the page lists General, and marks it as the current channel"""
    await in_general(scene, "amy")


@page_check(
    points=2,
    hint='Listen for "submit" on .new-channel-form and emit "new channel" with the name; '
    'on "new channel", add the name to the list.',
    needs=(step07.everybody_hears_of_a_new_channel, general_is_the_current_channel),
)
async def a_new_channel_appears_everywhere(scene: Scene) -> None:
    """a new channel appears once on both pages"""
    amy, terry = await in_general(scene, "amy", "terry")
    async with scene.turn() as turn:
        await add_channel(amy, "cats")
        turn.shows((amy, terry), channels(GENERAL, "cats"))
        turn.shows(amy, named(CHANNEL_INPUT))


@page_check(
    points=1,
    hint='"new channel" comes to everybody and "user changed channel" only to the one who '
    "changes: mark the current channel on the second.",
    needs=(step07.its_maker_is_taken_there, general_is_the_current_channel),
)
async def it_is_current_for_its_maker_alone(scene: Scene) -> None:
    """a new channel becomes current only for the user who made it"""
    (bob,) = await scene.open("bob")
    amy, terry = await in_general(scene, "amy", "terry")
    async with scene.turn() as turn:
        await say(bob, "hello")
        turn.shows((amy, terry), messages("hello"))
    async with scene.turn() as turn:
        await add_channel(amy, "dogs")
        turn.shows(amy, channels(GENERAL, "dogs"), current("dogs", GENERAL))
        turn.shows(terry, channels(GENERAL, "dogs"), current(GENERAL, "dogs"), messages("hello"))


@page_check(
    points=2,
    hint='A click on a channel emits "user changed channel" with its name. When the answer comes, '
    "empty .message-container and show data.messages.",
    needs=(step07.who_changes_gets_the_history, general_is_the_current_channel),
)
async def changing_shows_the_history(scene: Scene) -> None:
    """changing the channel shows its history and marks it as current"""
    (bob,) = await scene.open("bob")
    (amy,) = await in_general(scene, "amy")
    await make(scene, bob, "tea", "black", "green", "white")
    async with scene.turn() as turn:
        await write(amy, "coffee")
        turn.shows(amy, messages("coffee"), channels(GENERAL, "tea"))
    async with scene.turn() as turn:
        await change_channel(amy, "tea")
        tea = ("black", "green", "white")
        history = messages(*tea, by=["bob"], without=["coffee"], in_order=True)
        turn.shows(amy, history, current("tea", GENERAL))
    async with scene.turn() as turn:
        await change_channel(amy, GENERAL)
        turn.shows(amy, messages("coffee", without=["black"]), current(GENERAL, "tea"))


@page_check(
    points=1,
    hint='Give "new message" a third key, channel: the channel that is current on this page.',
    needs=(step07.its_members_hear_a_message, it_is_current_for_its_maker_alone),
)
async def a_message_goes_to_the_current_channel(scene: Scene) -> None:
    """a message goes to the current channel"""
    (bob,) = await scene.open("bob")
    (amy,) = await in_general(scene, "amy")
    async with scene.turn() as turn:
        await add_channel(amy, "birds")
        turn.shows(amy, current("birds"))
    await bob.emit(CHANGE, "birds")
    async with scene.turn() as turn:
        await write(amy, "a robin!")
        message = {"sender": "amy", "message": "a robin!", "channel": "birds"}
        turn.hears(bob, MESSAGE, message, more_keys=True)


@page_check(
    points=1,
    hint='After a lost connection the page has a new socket, in no room. On "connect", emit '
    '"user changed channel" with the channel that is current on the page.',
    needs=(a_message_goes_to_the_current_channel,),
)
async def who_was_lost_is_in_the_channel_again(scene: Scene) -> None:
    """a user who lost the connection is in the current channel again"""
    (bob,) = await scene.open("bob")
    (amy,) = await in_general(scene, "amy")
    await make(scene, bob, "birds", "a robin!")
    async with scene.turn() as turn:
        await change_channel(amy, "birds")
        turn.shows(amy, messages("a robin!"), current("birds"))
    await scene.unjudged("new user")
    since = await scene.unjudged(CHANGE)
    await amy.lose_connection()
    await scene.until(lambda: bool(scene.conversation.heard(amy.name, CHANGE, since)))
    async with scene.turn() as turn:
        await say(bob, "a blackbird!", channel="birds")
        turn.shows(amy, messages("a robin!", "a blackbird!"), current("birds"))


@page_check(
    points=2,
    hint=(
        "The server may still send what is said in a channel that the user has left. "
        "Show a message only if its channel is the current one."
    ),
    needs=(changing_shows_the_history,),
)
async def only_the_current_channel_is_shown(scene: Scene) -> None:
    """the page shows only messages of the current channel"""
    (bob,) = await scene.open("bob")
    (amy,) = await in_general(scene, "amy")
    await make(scene, bob, "secrets", "once upon a time")
    for name, text in (("secrets", "once upon a time"), (GENERAL, "")):
        async with scene.turn() as turn:
            await change_channel(amy, name)
            turn.shows(amy, messages(*filter(None, [text])), current(name))
    async with scene.turn() as turn:
        await say(bob, "psst", channel="secrets")
        await say(bob, "good news")  # by then, what was said before has come or never will
        turn.shows(amy, messages("good news", without=["psst"]))


@page_check(
    points=1,
    hint='Emit "get channels" as soon as the page is connected, and show all that come.',
    needs=(step07.a_newcomer_gets_all_channels, general_is_the_current_channel),
)
async def a_later_page_lists_all_channels(scene: Scene) -> None:
    """a page that is opened later lists all channels"""
    (bob,) = await scene.open("bob")
    for name in BEFORE:
        await make(scene, bob, name, f"the first of {name}")
    (amy,) = await scene.visit("amy")
    async with scene.turn() as turn:
        await join(amy)
        turn.shows(amy, channels(GENERAL, *BEFORE), current(GENERAL, *BEFORE))


@page_check(
    points=1,
    hint="Set textContent to a channel's name: innerHTML makes elements of it.",
    needs=(a_new_channel_appears_everywhere,),
)
async def a_channels_name_is_shown_as_text(scene: Scene) -> None:
    """a channel name with markup in it is shown as text"""
    (bob,) = await scene.open("bob")
    (amy,) = await in_general(scene, "amy")
    await make(scene, bob, MARKUP, "now listen")
    async with scene.turn() as turn:
        turn.shows(amy, channels(GENERAL, MARKUP))
