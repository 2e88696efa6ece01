"""When nothing is under way to any client any more, and what may keep that from being so."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.history.conversation import Conversation, Kind
from grader.history.findings import Fault, Finding
from grader.history.patience import Patience
from grader.servers.output import Output

BARRIERS = 2  # on every client at the end of a check; one is enough between its turns
GRACE = 0.05  # seconds given, after the last barrier, to a server that dispatches on a later tick
SPREAD = 0.25  # seconds in which what one client has heard, or a barrier, must get to all others


class Client(Protocol):
    """What a turn needs of a client, whatever it speaks."""

    name: str

    @property
    def connected(self) -> bool:
        """Whether it is connected now."""

    async def barrier(self, patience: Patience | None = None) -> bool:
        """Wait until all that the server has queued for it has come; False when it does not."""

    async def close(self) -> None:
        """Let go of everything; the server need not answer any more."""


@dataclass(frozen=True)
class Surroundings:
    """What a turn needs to know of the check that it is part of."""

    conversation: Conversation
    clients: Sequence[Client]
    output: Output | None
    patience: Callable[[float | None], Patience]  # of so many seconds, or of the check's own
    broken: Callable[[], Finding | None]  # what keeps anything more from coming, if anything does


async def settle(
    around: Surroundings, *, barriers: int = 1, patience: Patience | None = None
) -> Finding | None:
    """Wait until nothing is under way to any client any more: the barriers on each.

    A finding where the server does not answer a barrier within the patience.
    """
    for _ in range(barriers):
        present = [client for client in around.clients if client.connected]
        passed = await asyncio.gather(*(client.barrier(patience) for client in present))
        for client, through in zip(present, passed, strict=True):
            if not through and client.connected and not around.broken():
                return Finding(Fault.SILENT, client.name)
    return None


async def grace(output: Output | None) -> Finding | None:
    """Let a server that dispatches late finish; a finding where it prints without end.

    Nobody asks anything of it now: a server that goes on printing, and goes on still, will
    never stop.
    """
    for seconds, most in ((GRACE, 2_000), (SPREAD, 16_000)):
        before = output.total_bytes if output else 0
        await asyncio.sleep(seconds)
        printed = (output.total_bytes if output else 0) - before
        if printed < most:
            return None
    text = f"without end: {printed:,} bytes in {SPREAD:g} s with nothing to do"
    return Finding(Fault.FLOODED, text=text)


def broken_connection(conversation: Conversation) -> Finding | None:
    """The first connection that the server ended or broke, if it did."""
    return next(
        (
            Finding(Fault.LOST, e.client, entry=i, text=e.event)
            if e.kind is Kind.LOST
            else Finding(Fault.MALFORMED, e.client, got=(e.event,), entry=i, text=e.args[0])
            for i, e in enumerate(conversation.entries)
            if e.kind in (Kind.LOST, Kind.MALFORMED) and i not in conversation.excused
        ),
        None,
    )
