"""What a check is written with: clients that come and go on its servers, and turns they take.

CONTRIBUTING.md has a table of what checks do and expect, under "Add a check".
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from grader.browser.page import Page
from grader.browser.pages import Pages
from grader.checking.joining import heard_of
from grader.checking.quiet import (
    BARRIERS,
    SPREAD,
    Client,
    Surroundings,
    broken_connection,
    settle,
)
from grader.checking.servers import Servers
from grader.checking.turn import Turn
from grader.checking.turns import Turns
from grader.clients.connection import Transport
from grader.clients.http import Answer, Fetcher
from grader.clients.line import Line
from grader.clients.socketio import ScriptedClient
from grader.explaining.vocabulary import EMPTY, Vocabulary
from grader.history.conversation import Conversation, Kind
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import Patience
from grader.servers.output import Output
from grader.servers.redis import Redis
from grader.servers.server import Server
from grader.servers.services import Given
from grader.servers.world import MACHINE, World

if TYPE_CHECKING:
    from grader.browser.chromium import Browser
    from grader.clients.echo import EchoClient  # of step 1 alone


AClient = TypeVar("AClient", bound=Client)
AnEchoClient = TypeVar("AnEchoClient", bound="EchoClient")


class Scene:
    """One check's stage: a fresh server at `url`, and the clients that the check calls up.

    `seconds` is the patience with what is missing, `waits` begins to count the seconds that
    somebody waits for a core, `stopped` says what ended the server, if anything did. `browser` is
    there for the checks that need one. `vocabulary` says what clients of the application do.
    `world` is the network in which the server is, `servers` all of the check's, and `given` its
    services.
    """

    def __init__(
        self,
        url: str,
        conversation: Conversation,
        seconds: float,
        *,
        output: Output | None = None,
        waits: Callable[[], Callable[[], float]] = lambda: lambda: 0.0,
        stopped: Callable[[], Finding | None] = lambda: None,
        browser: "Browser | None" = None,
        vocabulary: Vocabulary = EMPTY,
        world: World = MACHINE,
        servers: Servers | None = None,
        given: Given | None = None,
    ) -> None:
        self.conversation = conversation
        self.clients: list[Client] = []
        self.output = output
        self._vocabulary = vocabulary
        self._servers = servers
        self._given = given
        self._stopped = stopped
        self._around = Surroundings(
            conversation,
            self.clients,
            output,
            lambda special: Patience(special or seconds, waits()),
            lambda: stopped() or broken_connection(conversation),
        )
        self._turns = Turns(self._around)
        self._pages = Pages(
            browser, url, conversation, self._around.patience, vocabulary.places, world
        )
        self._line = Line(
            url,
            conversation,
            lambda: self._around.patience(None),
            lambda: self._around.broken() is not None,
            world,
        )
        self._fetcher = Fetcher(self._line)

    async def open(
        self, *names: str, transport: Transport = "websocket", at: Server | None = None
    ) -> list[ScriptedClient]:
        """Open the step's page once for each name: connected, but not joined.

        `at` is another server than the first one. Raises CheckFailed when the server does not let
        one connect.
        """
        opened = self.users(*names, at=at)
        await self.connect(*opened, transport=transport)
        return opened

    def users(self, *names: str, at: Server | None = None) -> list[ScriptedClient]:
        """A client for each name, with a browser of its own, that has not connected yet.

        So it can send requests first: log in, and have the cookie when it connects. `at` is
        another server than the first one.
        """
        return [self._called_up(ScriptedClient, name, at) for name in names]

    def tab(self, client: ScriptedClient, at: Server | None = None) -> ScriptedClient:
        """Another tab of the client's browser: the same user and cookies, not connected yet.

        `at` is another server than the first one: cookies are those of a host, whatever the port.
        """
        tabs = [one for one in self.clients if getattr(one, "cookies", None) is client.cookies]
        name = f"{client.user} (tab {len(tabs) + 1})"
        make = partial(ScriptedClient, user=client.user, cookies=client.cookies)
        return self._called_up(make, name, at)

    async def start(self, environment: Mapping[str, str] = MappingProxyType({})) -> Server:
        """Start another server of the submission, with these variables beside the check's.

        The check says that it `starts_servers`. A server that does not start fails it.
        """
        assert self._servers, "the check has no servers of its own"
        await self._turns.finish()
        return await self._servers.start(environment)

    async def kill(self, server: Server) -> None:
        """Kill a server with SIGKILL, as a machine that fails: its clients lose the connection."""
        assert self._servers, "the check has no servers of its own"
        await self._turns.finish()
        at = self.conversation.servers
        lost = [c for c in self.clients if c.connected and at.get(c.name, "server") == server.name]
        self.conversation.dismissed.update(client.name for client in lost)
        self.conversation.record(Kind.KILLED, server.name, "is killed")
        await self._servers.kill(server)
        await self.conversation.until(
            lambda: not any(client.connected for client in lost), self._around.patience(None)
        )

    async def connect(self, *clients: ScriptedClient, transport: Transport = "websocket") -> None:
        """Open the step's page in each client, one after another: connected, but not joined.

        Raises CheckFailed when the server does not let one connect. Where it must not, call
        `client.connect()` in a turn that expects it with `turn.refused(client)`.
        """
        await self._turns.finish()
        since = len(self.conversation.entries)
        for client in clients:  # in this order: which one is the last can matter
            if not await client.connect(transport):
                break
        self._judge_refusals(since)
        for client in clients:
            for event, *args in self._vocabulary.opening:
                await client.emit(event, *args)
        # After this the server has handled all of that, and what it pushes to clients that
        # connect is no part of the next turn.
        await self._turns.finish(connected=True)

    async def dial(self, name: str, client: type[AnEchoClient]) -> AnEchoClient:
        """Connect a client of step 1.

        Raises CheckFailed when the server does not let it.
        """
        await self._turns.finish()
        since = len(self.conversation.entries)
        dialled = self._called_up(client, name)
        await dialled.connect()
        self._judge_refusals(since)
        return dialled

    def _called_up(
        self, client: Callable[..., AClient], name: str, at: Server | None = None
    ) -> AClient:
        if at:
            self.conversation.servers[name] = at.name
        one = client(name, replace(self._line, url=at.url) if at else self._line)
        self.clients.append(one)
        return one

    def _judge_refusals(self, since: int) -> None:
        refused = [
            Finding(Fault.REFUSED, entry.client, entry=since + i, text=entry.event)
            for i, entry in enumerate(self.conversation.entries[since:])
            if entry.kind is Kind.REFUSED
        ]
        if refused:
            stopped = self._stopped()
            raise CheckFailed([*refused, *([stopped] if stopped else [])], since)

    @property
    def statements(self) -> int:
        """How many statements the check's database has been sent so far."""
        counting = self._given and self._given.statements
        assert counting, "the check's environment has no {postgres}"
        return counting.count

    @property
    def redis(self) -> Redis:
        """The check's Redis, which can be stopped and started again."""
        one = self._given and self._given.redis
        assert one, "the check's environment has no {redis}"
        return one

    async def get(self, path: str) -> Answer:
        """Ask for a path over HTTP, just as it is written; what the server answers.

        Raises CheckFailed where it does not answer.
        """
        return await self._fetcher.get(path)

    async def visit(self, *names: str) -> list[Page]:
        """Open the step's page in the browser once for each name: loaded and connected.

        Where the server answers what a page asks by itself once it is connected, it has done so.
        Raises CheckFailed where it does not load, or does not connect by itself.
        """
        pages = await self.load(*names)
        for page in pages:
            await self._arrives(page)
        return pages

    async def reload(self, page: Page) -> None:
        """Load a page again, as F5 does; wait and raise as for a visit."""
        await page.reload()
        await self._arrives(page)

    async def _arrives(self, page: Page) -> None:
        await page.connects()
        asked = [event for event, *_ in self._vocabulary.opening]
        await page.answered(asked, self._around.patience(SPREAD))

    async def load(self, *names: str) -> list[Page]:
        """Open the step's page in the browser once for each name, connected or not.

        Raises CheckFailed where it does not load.
        """
        await self._turns.finish()
        return await self._pages.open(*names)

    async def photograph(self, folder: Path, prefix: str) -> list[Path]:
        """Save what every page looks like now; the files."""
        return await self._pages.photograph(folder, prefix)

    async def join(self, *clients: ScriptedClient | Page) -> None:
        """Let clients join before what the check is about.

        Who hears of it is not judged, only that somebody does; the others get a moment, so that
        nothing of it comes later.
        """
        join, joined = self._vocabulary.join, self._vocabulary.joined
        assert join, "nobody joins in this application"
        everybody: list[Client | Page] = [*self.clients, *self._pages.opened]
        present = {client.name for client in everybody if client.connected}
        since = await self.unjudged(joined)
        for client in clients:
            await join(client)
        names = [client.name for client in clients]
        if unheard := await heard_of(names, joined, since, present, self._around):
            findings = [Finding(Fault.MISSING, name, joined, (name,)) for name in unheard]
            raise self.failed(findings, since)

    async def unjudged(self, event: str) -> int:
        """Let what anybody hears of the event, from here to the next turn, belong to no turn.

        For what a check does to prepare itself; where in the history it begins.
        """
        await self._turns.finish()
        everybody: list[Client | Page] = [*self.clients, *self._pages.opened]
        return self._turns.leave_open({(one.name, event) for one in everybody})

    async def answered(self) -> None:
        """Let come what the server answers to all that it was asked so far.

        What it sends unasked may have come first. Node hands an event to its handler on a later
        tick, so that a barrier alone may overtake the answer.
        """
        await settle(self._around, barriers=BARRIERS)

    def failed(self, findings: Iterable[Finding], since: int) -> CheckFailed:
        """The failure by these findings, with what keeps anything more from coming, if it does."""
        broken = self._around.broken()
        return CheckFailed([*findings, *([broken] if broken else [])], since)

    async def until(self, holds: Callable[[], bool], share: float = 1.0) -> bool:
        """Wait until it holds, for a share of the patience; False where it does not.

        What keeps anything more from coming ends the wait too.
        """
        seconds = share * self._around.patience(None).seconds
        await self.conversation.until(
            lambda: holds() or self._around.broken() is not None, self._around.patience(seconds)
        )
        return holds()

    def turn(self) -> Turn:
        """Begin a turn: `async with scene.turn() as turn:`."""
        return self._turns.begin()

    @property
    def judged(self) -> set[str]:
        """The events that the check has judged so far."""
        return self._turns.judged

    async def settle(self) -> None:
        """At the end of the check: judge once more, when nothing can be under way any longer.

        Raises CheckFailed where something came that should not have come.
        """
        await self._turns.settle()
        if unkept := await self._pages.unkept():
            raise CheckFailed(unkept, self._turns.last)

    async def close(self) -> None:
        """Let every client go."""
        clients = (client.close() for client in self.clients)
        await asyncio.gather(self._fetcher.close(), self._pages.close(), *clients)
