"""What several checks do with channels: enter them, say something there, look at what was said."""

from typing import Any

from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.makechat.people import GENERAL, say, told

NEW = "new channel"
CHANGE = "user changed channel"
MESSAGE = "new message"
ALL = "get channels"


async def open_in_general(scene: Scene, *names: str) -> list[ScriptedClient]:
    """Open pages, and await that each has entered General, as the page asks on connecting.

    So a late answer to that is not taken for the answer to a later change.
    """
    async with scene.turn() as turn:
        clients = await scene.open(*names)
        turn.hears_some(clients, CHANGE)
    await scene.answered()
    return clients


async def open_pages(scene: Scene, *names: str) -> list[ScriptedClient]:
    """Open pages, and give the server a while to answer what each asks on connecting.

    Whether it does is for other checks to judge.
    """
    since = await scene.unjudged(CHANGE)
    clients = await scene.open(*names)
    await told(scene, clients, CHANGE, since)
    await scene.answered()
    return clients


async def make(scene: Scene, maker: ScriptedClient, *channels: str) -> None:
    """Make channels before what the check is about; their maker is taken to each."""
    for channel in channels:
        async with scene.turn() as turn:
            await maker.emit(NEW, channel)
            turn.hears_some(maker, CHANGE)


async def enter(scene: Scene, client: ScriptedClient, channel: str) -> None:
    """Let a client change to a channel before what the check is about."""
    async with scene.turn() as turn:
        await client.emit(CHANGE, channel)
        turn.hears_some(client, CHANGE)


async def say_in(
    scene: Scene, sender: ScriptedClient, channel: str, *texts: str
) -> list[dict[str, Any]]:
    """Let a member of a channel say something there; what was said."""
    async with scene.turn() as turn:
        said = [await say(sender, text, channel=channel) for text in texts]
        turn.hears(sender, MESSAGE, *said)
    return said


def history(channel: str, said: list[dict[str, Any]]) -> dict[str, Any]:
    """A channel and its messages, as who changes to it has to get them."""
    messages = [{"sender": one["sender"], "message": one["message"]} for one in said]
    return {"channel": channel, "messages": messages}


async def expect_history(
    scene: Scene, client: ScriptedClient, channel: str, said: list[dict[str, Any]]
) -> None:
    """Change to a channel, and expect its messages."""
    async with scene.turn() as turn:
        await client.emit(CHANGE, channel)
        turn.hears(client, CHANGE, history(channel, said), more_keys=True)


async def expect_channels(scene: Scene, asker: ScriptedClient, *channels: str) -> None:
    """Ask for the names of all channels, and expect these, after General."""
    async with scene.turn() as turn:
        await asker.emit(ALL)
        turn.hears(asker, ALL, [GENERAL, *channels])
