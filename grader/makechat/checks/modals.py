"""Modals: opened and closed by clients, and who is told what is open."""

from collections.abc import Iterable
from typing import Any

from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.checking.turn import Turn
from grader.clients.socketio import ScriptedClient
from grader.history.values import same, text_of

OPENED = "openedModal"
CLOSED = "closedModal"
INFO = "recModalInfo"

Open = tuple[ScriptedClient, str]


def info(*pairs: Open) -> dict[str, Any]:
    """Who has what open: [socket id, modal identifier] for each."""
    return {"info": [[client.sid, identifier] for client, identifier in pairs]}


def in_any_order(value: Any) -> Any:
    """The same for the same pairs in any order, whatever else is said with them."""
    pairs = value.get("info") if isinstance(value, dict) else None
    return {"info": sorted(pairs, key=text_of)} if isinstance(pairs, list) else value


def tells(turn: Turn, hearers: Iterable[ScriptedClient], *pairs: Open) -> None:
    """These clients hear, once, who has what open."""
    turn.hears(hearers, INFO, info(*pairs), form=in_any_order, because=ONCE)


async def opens(scene: Scene, one: Open, hearers: Iterable[ScriptedClient], *pairs: Open) -> None:
    """Let a client open a modal; these clients hear who has what open."""
    client, identifier = one
    async with scene.turn() as turn:
        await client.emit(OPENED, {"modalIdentifier": identifier})
        tells(turn, hearers, *pairs)


async def closes(
    scene: Scene, client: ScriptedClient, hearers: Iterable[ScriptedClient], *pairs: Open
) -> None:
    """Let a client close its modal; these clients hear who has what open."""
    async with scene.turn() as turn:
        await client.emit(CLOSED)
        tells(turn, hearers, *pairs)


async def opened(scene: Scene, *pairs: Open) -> None:
    """Let modals be opened before what the check is about.

    Who is told is not judged. Where the one who opens it is, it is recorded by then.
    """
    since = await scene.unjudged(INFO)
    for client, identifier in pairs:
        await client.emit(OPENED, {"modalIdentifier": identifier})
    last, _ = pairs[-1]

    def recorded() -> bool:
        where = scene.conversation.heard(last.name, INFO, since)
        said = [scene.conversation.entries[i].args for i in where]
        return any(
            same(tuple(map(in_any_order, args)), (in_any_order(info(*pairs)),)) for args in said
        )

    await scene.until(recorded, 0.125)
