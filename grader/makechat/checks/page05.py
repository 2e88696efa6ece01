"""Step 5's page, Start chatting: what one types, all others read."""

from grader.browser.sights import empty, in_view, live, named
from grader.checking.check import page_check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.makechat.checks import page04, step05
from grader.makechat.people import say, write
from grader.makechat.places import CHAT_INPUT, MESSAGES, messages

REPEATS = (
    page04.the_form_sends_the_name,
    page04.the_form_gives_way_to_the_chat,
    page04.every_page_lists_who_joins,
)

MARKUP, SENDER = "1 <b>less</b> than 2", "<i>bob</i>"
ROW = tuple(f"no. {number} in a row" for number in range(1, 6))
MANY = 30  # messages, more than any page has room for


@page_check(
    points=2,
    hint='Listen for "submit" on .chat-form, call event.preventDefault(), and emit '
    '"new message" with an object: { sender: currentUser, message: chatInput.value }.',
    needs=(step05.everybody_else_hears_the_message, page04.the_form_sends_the_name),
)
async def the_form_sends_the_message(scene: Scene) -> None:
    """the message form sends `new message`, with its sender, once"""
    (bob,) = await scene.open("bob")
    (amy,) = await scene.visit("amy")
    await scene.join(amy)
    async with scene.turn() as turn:
        await write(amy, "is anybody here?")
        message = {"sender": "amy", "message": "is anybody here?"}
        turn.hears(bob, "new message", message, because=ONCE, more_keys=True)


@page_check(
    points=2,
    hint='On "new message", make elements with data.sender and data.message, and append them '
    "to .message-container.",
    needs=(the_form_sends_the_message,),
)
async def a_message_appears_in_the_others_page(scene: Scene) -> None:
    """a message appears on the other page, with its sender"""
    amy, terry = await scene.visit("amy", "terry")
    await scene.join(amy, terry)
    async with scene.turn() as turn:
        await write(amy, "hello from here")
        turn.shows(terry, messages("hello from here", by=["amy"]))
    async with scene.turn() as turn:
        await write(terry, "hello from there")
        turn.shows(amy, messages("hello from here", "hello from there", by=["terry"]))


@page_check(
    points=2,
    hint="The server sends a message to everybody, its sender too: show it when it comes, and "
    "not when it is typed as well.",
    needs=(the_form_sends_the_message,),
)
async def the_sender_sees_it_once(scene: Scene) -> None:
    """the sender sees the message once, and can type the next one"""
    (amy,) = await scene.visit("amy")
    await scene.join(amy)
    async with scene.turn() as turn:
        await write(amy, "good morning")
        turn.shows(amy, messages("good morning"), empty(CHAT_INPUT))
    async with scene.turn() as turn:
        await write(amy, "good night")
        turn.shows(amy, messages("good morning", "good night"), empty(CHAT_INPUT))


@page_check(
    points=2,
    hint="innerHTML makes elements of what others have typed, and runs what is in them. "
    "Set textContent, or append() the text: both keep it text.",
    needs=(a_message_appears_in_the_others_page,),
)
async def a_message_is_shown_as_text(scene: Scene) -> None:
    """a message with markup in it is shown as text"""
    (bob,) = await scene.open("bob")
    (amy,) = await scene.visit("amy")
    await scene.join(amy, bob)
    async with scene.turn() as turn:
        await say(bob, MARKUP, sender=SENDER)
        turn.shows(amy, messages(MARKUP, by=[SENDER]))


@page_check(
    points=1,
    hint="append() puts a message after the others; prepend() before them.",
    needs=(a_message_appears_in_the_others_page,),
)
async def the_page_keeps_the_order(scene: Scene) -> None:
    """the page shows messages in the order in which they came"""
    (bob,) = await scene.open("bob")
    (amy,) = await scene.visit("amy")
    await scene.join(amy, bob)
    async with scene.turn() as turn:
        for text in ROW:
            await say(bob, text)
        turn.shows(amy, messages(*ROW, in_order=True))


@page_check(
    points=1,
    hint='message.scrollIntoView({ block: "nearest" }) after append() brings the newest message '
    "into view.",
    needs=(the_page_keeps_the_order,),
)
async def the_newest_message_is_in_view(scene: Scene) -> None:
    """the newest of many messages is in view, without scrolling"""
    (bob,) = await scene.open("bob")
    (amy,) = await scene.visit("amy")
    await scene.join(amy, bob)
    async with scene.turn() as turn:
        for number in range(MANY):
            await say(bob, f"message {number} of many")
        newest = f"message {MANY - 1} of many"
        turn.shows(amy, messages(newest), in_view(MESSAGES, newest))


@page_check(
    points=1,
    hint='Write role="log" on .message-container: a screen reader then says what comes. '
    "Give the input a <label>, which may be visually hidden.",
    needs=(the_form_sends_the_message,),
)
async def a_screen_reader_can_follow(scene: Scene) -> None:
    """a screen reader reads new messages, and the input has a label"""
    (bob,) = await scene.open("bob")
    (amy,) = await scene.visit("amy")
    await scene.join(amy, bob)
    async with scene.turn() as turn:
        await say(bob, "Can you hear me?")
        turn.shows(amy, live(MESSAGES), named(CHAT_INPUT))
