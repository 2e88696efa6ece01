"""The recorded history of one check: who sent what, who heard what, who came and went.

One clock and one order for all clients. Nothing here judges; the turns of `checking` do.
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grader.history.patience import Patience

END = "end"  # what a client that speaks WebSocket by hand hears last

Payload = tuple[Any, ...]  # an event's arguments: JSON values, or bytes for binary attachments


class Kind(StrEnum):
    """What an entry tells."""

    CONNECTED = "connected"
    REFUSED = "refused"  # no connection: `event` says why, `args` what a CONNECT_ERROR holds
    SENT = "sent"
    HEARD = "heard"
    LEFT = "left"  # the client went: `event` says how
    LOST = "lost"  # the server, or the wire, ended the connection: `event` says what is known
    MALFORMED = "malformed"  # `event` says what came, and `args` holds what is wrong with it
    ACKED = "acked"  # the server acknowledged an event: `event` is its name
    REQUESTED = "requested"  # a client's HTTP request: `event` is its line, `args` its body
    ANSWERED = "answered"  # the answer to it: `event` is the request, `args` status, headers, body
    HTTP = "http"  # another response: `event` is the request, `args` the status
    KILLED = "killed"  # the check killed a server: its name stands for a client's
    PRINTED = "printed"  # a line of the server's output: `event` is the line
    ACTED = "acted"  # what a user does by hand: `event` is the verb, `args` the rest of it
    LOADED = "loaded"  # a page was loaded again, but not by its user: `event` is the URL
    CONSOLE = "console"  # an error in a page's console: `event` is its text
    LOGGED = "logged"  # what a page's own script writes there as an error: `event` is its text
    BLOCKED = "blocked"  # a page's request to another server than its own: `event` is the URL


# What a client does, or what happens to a server: other entries may follow from it.
ACTS = (Kind.SENT, Kind.REQUESTED, Kind.LEFT, Kind.KILLED)
LAST_TURNS = 20  # of the event loop, once a patience is over

ERROR_KINDS = (Kind.HTTP, Kind.CONSOLE, Kind.BLOCKED)  # what goes wrong in a page

_AWAITED = (Kind.HEARD, Kind.ACKED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, `at` seconds after the conversation began."""

    at: float
    kind: Kind
    client: str
    event: str = ""
    args: Payload = ()


class Conversation:
    """The history of one check, and the means to wait for what has not happened yet."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.entries: list[Entry] = []
        self.clients: list[str] = []  # their names, in the order in which they were called up
        self.pages: list[str] = []  # those of them that are pages in a browser
        self.sids: dict[str, str] = {}  # socket id → client, of every client that ever connected
        self.socketio = True  # False where its clients speak to a server without Socket.IO
        self.echoes = True  # False once such a server has not sent back what was to come back
        self.cookies: set[str] = set()  # the values of those that clients have, or had
        self.servers: dict[str, str] = {}  # client → its server, where that is not the first one
        self.dismissed: set[str] = set()  # clients whose connection the server is to end now
        self.excused: set[int] = set()  # where in entries it has ended one as it was to
        self.repeated: set[int] = set()  # where in entries a check says again what it has said
        self._heard: dict[tuple[Kind, str, str], list[int]] = {}  # → where in entries
        self.fault: Exception | None = None  # of the grader's own, met while this was recorded
        self._waiting: set[asyncio.Future[None]] = set()
        self.ended: float | None = None  # when the verdict was known, in time.monotonic()

    def server_of(self, client: str) -> str:
        """What a reader calls the server that a client is at."""
        return self.servers.get(client, "server")

    def record(self, kind: Kind, client: str, event: str = "", args: Payload = ()) -> None:
        """Add what happens now, and wake all that wait."""
        if self.ended is not None:
            return
        if kind in _AWAITED:
            self._heard.setdefault((kind, client, event), []).append(len(self.entries))
        if kind is Kind.LOST and client in self.dismissed:
            self.dismissed.remove(client)
            self.excused.add(len(self.entries))
        self.entries.append(Entry(time.monotonic() - self.began, kind, client, event, args))
        self.changed()

    def end(self) -> None:
        """Stop recording: the verdict is known, and what clients hear while they are closed is no
        part of it.
        """
        self.ended = time.monotonic()

    def fail(self, error: Exception) -> None:
        """Keep an error of the grader's own, and end every wait with it: nothing can be judged."""
        if self.ended is None:
            self.fault = self.fault or error
            self.changed()

    def own(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        """The task, whose error, if it ends with one, is the grader's own."""

        def ended(task: asyncio.Task[None]) -> None:
            error = None if task.cancelled() else task.exception()
            if isinstance(error, Exception):
                self.fail(error)

        task.add_done_callback(ended)
        return task

    def changed(self) -> None:
        """Wake all that wait: something happened that a condition may depend on."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    def heard(
        self,
        client: str,
        event: str,
        since: int = 0,
        until: int | None = None,
        kind: Kind = Kind.HEARD,
    ) -> list[int]:
        """Where in `entries`, from `since` on and before `until`, the client heard the event.

        With the kind ACKED: where the event was acknowledged to it.
        """
        where = self._heard.get((kind, client, event), [])
        end = len(where) if until is None else bisect_left(where, until)
        return where[bisect_left(where, since) : end]

    async def until(self, condition: Callable[[], bool], patience: Patience) -> bool:
        """Wait until the condition holds; False when it does not before patience ends.

        Raises the error of the grader's own where there was one.
        """
        while not condition():
            if self.fault:
                raise self.fault
            left = patience.left()
            if not left:
                return await self._has_come(condition)
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.add(waiting)
            try:
                await asyncio.wait([waiting], timeout=left)
            finally:
                self._waiting.discard(waiting)
        return True

    @staticmethod
    async def _has_come(condition: Callable[[], bool]) -> bool:
        """Whether it is so once all that has arrived already is looked at.

        Where the event loop is late, what came in time waits beside the end of the patience; from
        the socket to the history it takes a few turns of the loop.
        """
        for _ in range(LAST_TURNS):
            await asyncio.sleep(0)
            if condition():
                return True
        return False
