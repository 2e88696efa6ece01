"""What several checks do with users: register them, let them enter rooms, write to them.

No event answers `registerUser`, `loginUser` or `userConnected`, and a server may take its time. So
somebody writes to the user until the user's sockets hear it: from then on it is done.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from grader.browser.page import Page
from grader.checking.expecting import Clients
from grader.checking.scene import Scene
from grader.checking.turn import Turn
from grader.clients.socketio import ScriptedClient
from grader.history.conversation import Conversation, Kind
from grader.history.findings import Fault, Finding
from grader.history.values import same, text_of

REGISTER = "registerUser"
LOGIN = "loginUser"
UNKNOWN = "noAccountFound"
ENTER = "userConnected"
LEAVE = "userDisconnected"
SEND = "sendAnotherUserAMessage"
HEAR = "recMessage"

NO_ACCOUNT = {"msg": "No account was found"}

CALL = "Are you there?"
TRIES = (0.125, 0.375, 0.5)  # of the patience: after each, the user is written to once more

# What is written, and what users are called: no text is changed, and no name is taken apart.
TEXTS = (
    "Nice code!",
    "  two  spaces, and one at the end ",
    '<b>bold</b> & "quoted" \\ {text}',
    "こんにちは 🐈",
    "hello",
    "hello",
    "x" * 2000,
)
NAMES = (
    "Amy Lee",
    " bob ",
    "<i>Eve</i> & 'co'",
    "猫 🐈",
    "None",
    "0",
    "y" * 32,
    # Each differs from another one only in its end, its case, its spaces or its first word.
    "Amy Poe",
    "bob",
    "Bob",
    "00",
    "y" * 31 + "z",
)


async def write(sender: ScriptedClient, name: str, text: str) -> None:
    """Write to one user."""
    await sender.emit(SEND, {"name": name, "msg": text})


def received(*texts: str) -> list[dict[str, Any]]:
    """What the user has to hear of these texts."""
    return [{"msg": text} for text in texts]


async def reach(
    scene: Scene, sender: ScriptedClient, name: str, *sockets: ScriptedClient | Page
) -> None:
    """Write to a user until all of these sockets have heard it once.

    Raises CheckFailed where one does not.
    """
    since = await scene.unjudged(HEAR)
    pages = [one.name for one in sockets if isinstance(one, Page)]
    await scene.until(lambda: all(_has_sent(scene, page) for page in pages), TRIES[0])

    def deaf() -> Sequence[ScriptedClient | Page]:
        return [one for one in sockets if not _heard(scene, one, CALL, since)]

    for share in TRIES:
        await write(sender, name, CALL)
        reached = await scene.until(lambda: not deaf(), share)
        _tell_once(scene.conversation, since)
        if reached:
            return
    missing = [Finding(Fault.MISSING, one.name, HEAR, tuple(received(CALL))) for one in deaf()]
    raise scene.failed(missing, since)


def _tell_once(conversation: Conversation, since: int) -> None:
    """Let a reader see the call once: how many it takes depends on how busy the machine is."""
    seen: set[tuple[Kind, str]] = set()
    for i, entry in enumerate(conversation.entries[since:], since):
        if CALL in text_of(entry.args):
            one = entry.kind, entry.client
            conversation.repeated.update({i} if one in seen else ())
            seen.add(one)


async def register(scene: Scene, *names: str) -> list[ScriptedClient]:
    """Open pages, register a user at each, and have each of them written to by the one before."""
    clients = await scene.open(*names)
    for client in clients:
        await client.emit(REGISTER, {"name": client.name})
    for client, sender in zip(clients, [clients[-1], *clients], strict=False):
        await reach(scene, sender, client.name, client)
    return clients


async def enter(
    scene: Scene, user_id: str, sender: ScriptedClient, *sockets: ScriptedClient
) -> None:
    """Let sockets enter the room of a user; somebody writes to that user until all hear it."""
    for one in sockets:
        await one.emit(ENTER, user_id)
    await reach(scene, sender, user_id, *sockets)


async def depart(
    scene: Scene,
    user_id: str,
    sender: ScriptedClient,
    leaving: ScriptedClient,
    staying: ScriptedClient,
) -> None:
    """Let a socket leave the room of a user; somebody writes to that user until it hears no more.

    That the one who stays hears it says that it was dealt with. Whether the other goes on
    hearing is not judged here.
    """
    await leaving.emit(LEAVE, user_id)
    for share in TRIES:
        since = await scene.unjudged(HEAR)
        await write(sender, user_id, CALL)
        await scene.until(partial(_is_called, scene, staying, since), share)
        await scene.unjudged(HEAR)  # by then it has come to the leaving one, too
        if not _is_called(scene, leaving, since):
            return
        await scene.until(lambda: False, share)


def hears_message(turn: Turn, clients: Clients, *texts: str, because: str = "") -> None:
    """Each client hears these messages; what else is in them, as a sender's name, is left open."""
    messages = received(*texts)
    turn.hears(clients, HEAR, *messages, lane=_text, because=because, more_keys=True)


def hears_no_message(turn: Turn, *clients: ScriptedClient, because: str) -> None:
    """None of these clients hears a message in the turn."""
    turn.hears_nothing(clients, HEAR, because=because)


def _has_sent(scene: Scene, page: str) -> bool:
    """Whether the page has sent anything since its user did something."""
    own = [entry.kind for entry in scene.conversation.entries if entry.client == page]
    acted = max((i for i, kind in enumerate(own) if kind is Kind.ACTED), default=0)
    return Kind.SENT in own[acted:]


def _heard(scene: Scene, client: ScriptedClient | Page, text: str, since: int) -> bool:
    where = scene.conversation.heard(client.name, HEAR, since)
    payload = tuple(received(text))
    entries = scene.conversation.entries
    return any(same(payload, entries[i].args, more_keys=True) for i in where)


def _is_called(scene: Scene, client: ScriptedClient, since: int) -> bool:
    return _heard(scene, client, CALL, since)


def _text(message: dict[str, str]) -> str:
    """The lane of a message: those with the same text are alike, and no other order counts."""
    return message["msg"]


async def at(
    scene: Scene, where: str, user: str, sender: ScriptedClient, event: str = LOGIN
) -> ScriptedClient:
    """Let a known user be at one more socket, where somebody writes to that user."""
    (client,) = await scene.open(where)
    await client.emit(event, {"name": user})
    await reach(scene, sender, user, client)
    return client


async def gets(
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
