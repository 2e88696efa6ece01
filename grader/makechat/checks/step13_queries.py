"""Step 13, Presence: what the list costs the database, on PostgreSQL's own wire."""

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.history.findings import CheckFailed, Fault, Finding
from grader.makechat.checks.step13 import (
    binding_again_changes_nothing,
    each_user_is_listed_once,
    the_newcomer_gets_the_list,
)
from grader.makechat.presence import Presence

FEW, MANY = 5, 20
ROUNDS = 3  # the least of them counts: a connection that is opened takes statements of its own


async def _cost(scene: Scene, presence: Presence, asker: ScriptedClient) -> int:
    """The statements that the list takes for a socket which is bound again."""
    counts = []
    for _ in range(ROUNDS):
        before = scene.statements
        async with scene.turn() as turn:
            await presence.add(turn, asker)
            presence.gets_list(turn, asker)
        counts.append(scene.statements - before)
    return min(counts)


@check(
    points=2,
    hint="Read all users of the list with one query: SELECT … WHERE id IN (…), in SQLAlchemy "
    "select(User).where(User.id.in_(ids)).",
    needs=(the_newcomer_gets_the_list, each_user_is_listed_once, binding_again_changes_nothing),
    environment={"DATABASE_URL": "postgresql+asyncpg://{postgres}"},
)
async def a_long_list_takes_no_more_statements(scene: Scene) -> None:
    """a list of 20 users takes as many statements as a list of 5"""
    presence = Presence(scene)
    people = await presence.people(*(f"user {number}" for number in range(MANY)))
    await presence.come(*people[:FEW], news=False)
    few = await _cost(scene, presence, people[0])
    await presence.come(*people[FEW:], news=False)
    many = await _cost(scene, presence, people[0])
    if many > few:
        text = f"a list of {FEW} users takes {_statements(few)}, one of {MANY} {_statements(many)}"
        # Who has come is told before; what the last one was answered is the turn that failed.
        raise CheckFailed([Finding(Fault.COSTLY, text=text)], len(scene.conversation.entries))


def _statements(count: int) -> str:
    return "1 statement" if count == 1 else f"{count} statements"
