"""Step 5, Start chatting: `new message` goes to everybody, just as it came."""

from typing import Any

from grader.checking.check import check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.makechat import vocabulary
from grader.makechat.checks import step03, step04
from grader.makechat.people import join, say

VOCABULARY = vocabulary.CHAT
REPEATS = (*step04.REPEATS,)

# Unknown keys first: a server that keeps them shows it later. Then a text that a server may be
# tempted to tidy up, said twice; and text that is empty, long, markup, emoji.
MESSAGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("with more keys", {"id": 7, "edited": False, "to": None, "tags": ["a", {"b": 1.5}]}),
    ("GOOD Morning,  Terry", {}),
    ("GOOD Morning,  Terry", {}),
    ("", {}),
    ("0123456789" * 500, {}),
    ("<b>1 < 2</b> & \"quoted\" 'text'", {}),
    ("  👋🏽 ça va?\n  ", {}),
)
BURST = 25  # messages of each of two senders


def _sender(message: dict[str, Any]) -> Any:
    return message["sender"]


@check(
    points=2,
    hint='Handle "new message" with @sio.on("new message") and emit "new message" with the data '
    "that came. Without to= and skip_sid= an emit reaches everybody, the sender too.",
    needs=(step03.takes_a_client_over_websocket,),
)
async def the_sender_hears_its_message(scene: Scene) -> None:
    """the sender of a message hears it, once"""
    amy, _ = await scene.open("amy", "terry")
    await scene.join(amy)
    async with scene.turn() as turn:
        message = await say(amy, "hello")
        turn.hears(amy, "new message", message, because=ONCE)


@check(
    points=2,
    hint='Emit "new message" once, without to= and skip_sid=: that reaches every client.',
    needs=(step03.takes_a_client_over_websocket,),
)
async def everybody_else_hears_the_message(scene: Scene) -> None:
    """everybody else hears a message, once"""
    amy, terry, visitor = await scene.open("amy", "terry", "visitor")
    await scene.join(amy, terry)
    async with scene.turn() as turn:
        message = await say(amy, "hello")
        turn.hears((terry, visitor), "new message", message, because=ONCE)


@check(
    points=2,
    hint="Emit the same object that came. A new dict, a strip() or an escape() loses something.",
    needs=(everybody_else_hears_the_message,),
)
async def a_message_is_handed_on_unchanged(scene: Scene) -> None:
    """a message is passed on unchanged: any text, all its keys"""
    amy, terry = await scene.open("amy", "terry")
    await scene.join(amy)
    for text, extra in MESSAGES:
        async with scene.turn() as turn:
            message = await say(amy, text, **extra)
            turn.hears(terry, "new message", message)


@check(
    points=1,
    hint="Emit each message in its own handler call, before anything that waits for longer "
    "with one message than with another.",
    needs=(the_sender_hears_its_message, everybody_else_hears_the_message),
)
async def messages_keep_their_order(scene: Scene) -> None:
    """50 messages of two senders keep each sender's order"""
    amy, terry, bob = await scene.open("amy", "terry", "bob")
    await scene.join(amy, terry)
    async with scene.turn() as turn:
        sent = []
        for number in range(1, BURST + 1):
            sent.append(await say(amy, f"amy's no. {number}"))
            sent.append(await say(terry, f"terry's no. {number}"))
        turn.hears((amy, terry, bob), "new message", *sent, lane=_sender)


@check(
    points=1,
    hint="A message is for those who are there when it is sent. "
    "Keeping them for those who come later is what step 7 does, in another way.",
    needs=(everybody_else_hears_the_message,),
)
async def who_comes_later_hears_no_old_messages(scene: Scene) -> None:
    """a client that connects later does not get old messages"""
    amy, bob = await scene.open("amy", "bob")
    await scene.join(amy)
    async with scene.turn() as turn:
        message = await say(amy, "before")
        turn.hears(bob, "new message", message)
    async with scene.turn() as turn:
        (terry,) = await scene.open("terry")
        await join(terry)
        message = await say(amy, "now")
        because = "terry was not there when it was sent"
        turn.hears(terry, "new message", message, because=because)
        turn.hears(bob, "new message", message)
