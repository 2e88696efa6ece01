"""What the people of Make Chat do, at a scripted client or at the step's page in a browser."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from grader.browser.page import Page
from grader.checking.scene import Scene
from grader.clients.connection import Transport
from grader.clients.socketio import ScriptedClient
from grader.makechat.places import (
    CHANNEL_INPUT,
    CHANNELS,
    CHAT_INPUT,
    LOGOUT,
    NAME_INPUT,
    TEXT_INPUT,
    TO_INPUT,
)

GENERAL = "General"  # the channel that everybody enters first

TOLD = 0.25  # of the patience: so long a client that connects waits for what it is told

# What the page sends as soon as it is connected.
OPENING = (("get online users",), ("user changed channel", GENERAL))


async def join(client: ScriptedClient | Page) -> None:
    """Send the name form: `new user` with the client's name."""
    if isinstance(client, Page):
        await client.write(NAME_INPUT, client.name)
    else:
        await client.emit("new user", client.name)


async def say(client: ScriptedClient, message: str, **extra: Any) -> dict[str, Any]:
    """Send the message form; the object that was sent."""
    data = {"sender": client.name, "message": message, "channel": GENERAL, **extra}
    await client.emit("new message", data)
    return data


async def log_in(scene: Scene, *clients: ScriptedClient) -> None:
    """Send the login form with each client's name, and have the session cookie."""
    for client in clients:
        async with scene.turn() as turn:
            cookie = cookie_of_login(client)
            answer = await client.post("/login", form={"username": client.user})
            turn.answered(answer, "2xx or 3xx", cookie=cookie)


def cookie_of_login(client: ScriptedClient) -> tuple[str, ...] | None:
    """What a login now has to set: any cookie, or None where the browser still has one.

    A session whose id is the cookie goes on under that id; who it is stands with the server.
    """
    return None if client.cookies.values() else ()


async def enter(
    scene: Scene, *names: str, transport: Transport = "websocket"
) -> list[ScriptedClient]:
    """Log in under each name, each in a browser of its own, and connect."""
    clients = scene.users(*names)
    await log_in(scene, *clients)
    await scene.connect(*clients, transport=transport)
    return clients


async def present(
    scene: Scene, event: str, *names: str, known: bool = False, alone: bool = False
) -> list[ScriptedClient]:
    """Connect under each name before what the check is about, one after another.

    `event` is what the server sends when a client connects: to all of them, or to the newcomer
    `alone`. `known`: whether each logs in first. The server may take its time, and tell one later
    than another: that is waited for a while, so that it is no part of the next turn. Whether it
    comes is not judged here.
    """
    clients = scene.users(*names)
    if known:
        await log_in(scene, *clients)
    for i, client in enumerate(clients):
        hearers = [client] if alone else clients[: i + 1]
        await and_then(scene, partial(scene.connect, client), event, *hearers)
    return clients


async def told(scene: Scene, clients: Iterable[ScriptedClient], event: str, since: int) -> None:
    """Wait a while until these have heard an event that the server may send, late or never."""
    heard = scene.conversation.heard
    await scene.until(lambda: all(heard(client.name, event, since) for client in clients), TOLD)


async def and_then(
    scene: Scene, deed: Callable[[], Awaitable[object]], event: str, *hearers: ScriptedClient
) -> None:
    """Do one thing more, and wait a while until these have heard of it in this event.

    What was done before has then been dealt with, where it is slow too. Whether the event comes is
    for another check to judge.
    """
    since = await scene.unjudged(event)
    await deed()
    await told(scene, hearers, event, since)


async def enter_page(scene: Scene, *names: str) -> list[Page]:
    """Open the page once for each name, and log in with its form: the page is connected then."""
    opened = await scene.load(*names)
    for page in opened:
        await page.write(NAME_INPUT, page.name)
        await page.connects()
    return opened


async def log_out(page: Page) -> None:
    """Click on the page's button for it."""
    await page.click_button(LOGOUT, "Log out")


async def write(page: Page, message: str) -> None:
    """Write a message into the page's form."""
    await page.write(CHAT_INPUT, message)


async def add_channel(page: Page, name: str) -> None:
    """Send the page's form for a new channel."""
    await page.write(CHANNEL_INPUT, name)


async def change_channel(page: Page, name: str) -> None:
    """Click on a channel in the page's list."""
    await page.click(CHANNELS, name)


async def write_to(page: Page, name: str, text: str) -> None:
    """Write to one user in the page's form."""
    await page.fill(TO_INPUT, name)
    await page.write(TEXT_INPUT, text)
