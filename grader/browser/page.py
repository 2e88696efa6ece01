"""A page: the step's page in a real browser, one user's, and what it shows.

What the user does is recorded in `deeds`; `overheard` records the rest.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.browser import look
from grader.browser.deeds import Deeds
from grader.browser.overheard import Overheard
from grader.browser.sights import (
    CONNECTIONS,
    ERRORS,
    SCRIPTS,
    Look,
    Seen,
    Sight,
    Wrong,
)
from grader.explaining.vocabulary import Place
from grader.history.conversation import ERROR_KINDS, Conversation, Kind
from grader.history.findings import CheckFailed, Finding
from grader.history.patience import MOST, Patience

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

OFFLINE = "offline, and online again"  # how the report says that a page loses its connection

_WHOLE = "body"  # the selector of the page as a whole
_PEEK = 0.25  # seconds after which what only the history shows is looked at again
_RECONNECTING = 1.5  # seconds that socket.io-client may wait before it connects again
_CLOSING = 2.0  # seconds for a last picture, and for a page to close


class Page(Deeds):
    """One user's page of the step."""

    def __init__(
        self,
        name: str,
        url: str,
        conversation: Conversation,
        patience: Callable[[float | None], Patience],
        places: Sequence[Place] = (),
    ) -> None:
        """`places` are the parts of the page that its sights are about."""
        super().__init__(name, conversation, patience)
        self._places = places
        conversation.clients.append(name)
        conversation.pages.append(name)
        self._url = url
        self._overheard = Overheard(name, url, conversation)
        self._context: BrowserContext | None = None
        self._loaded = 0  # the entry of the history at which it was loaded last
        self._before = 0  # connections that it had made when it was loaded, or went offline

    @property
    def is_open(self) -> bool:
        """Whether there is something to see."""
        return self._tab is not None

    @property
    def connected(self) -> bool:
        """Whether it is open and has ever connected."""
        return self.is_open and bool(self._overheard.sids)

    async def open(self, context: "BrowserContext") -> None:
        """Open the page, in a tab of its own. Raises CheckFailed where it does not load."""
        self._context = context
        context.set_default_timeout((self._patience(None).seconds + MOST) * 1000)
        self._tab = tab = await context.new_page()
        self._overheard.listen(tab)
        await self._overheard.inspect(tab)
        await self._load("opens", lambda: tab.goto(f"{self._url}/"))

    async def reload(self) -> None:
        """Load the page again, as F5 does."""
        await self._load("reloads", self.tab.reload)

    async def lose_connection(self) -> None:
        """Be without a network for a moment, and wait until the page has connected again.

        Raises CheckFailed where it does not.
        """
        self._acts("goes", OFFLINE)
        async with self._without_network():
            pass

    @contextlib.asynccontextmanager
    async def offline(self) -> AsyncIterator[None]:
        """Be without a network for a block, and wait then until the page has connected again.

        Raises CheckFailed where it does not.
        """
        self._acts("goes", "offline")
        async with self._without_network():
            yield
            self._acts("goes", "online again")

    @contextlib.asynccontextmanager
    async def _without_network(self) -> AsyncIterator[None]:
        assert self._context
        self._before = len(self._overheard.sids)
        await self._context.set_offline(True)
        yield
        await self._context.set_offline(False)
        await self.connects(_RECONNECTING)

    async def connects(self, longer: float = 0.0) -> None:
        """Wait until it has connected since it was loaded, or went offline.

        `longer` seconds are added to the patience. Raises CheckFailed where it does not.
        """
        patience, before = self._patience(self._patience(None).seconds + longer), self._before
        if not await self._conversation.until(lambda: len(self._overheard.sids) > before, patience):
            should = "connect to the server" + (" again" if before else "")
            raise CheckFailed([Wrong(should, "it does not").finding(self.name)], self._last_act)

    async def answered(self, events: Sequence[str], patience: Patience) -> None:
        """Wait until it has heard those of the events that its script has sent since it was loaded.

        Not every server answers: the wait is over with the patience.
        """
        if not events:
            return
        await self._has_reacted(patience)
        await self._overheard.answered(events, self._loaded, patience)

    async def close_tab(self) -> None:
        """Close the tab."""
        self._conversation.record(Kind.LEFT, self.name, "closes the tab")
        await self.close()

    async def unseen(self, sights: Sequence[Sight], patience: Patience) -> list[Finding]:
        """Wait until all sights are as they should be; a finding for each that is not.

        They are kept in mind, for `unkept`, until the user acts, or other ones are expected.
        """
        self._kept = tuple(sights)
        findings = await self._look_for(sights, patience)
        await self._overheard.catch_up(self._patience(None))
        return findings

    async def _look_for(self, sights: Sequence[Sight], patience: Patience) -> list[Finding]:
        answer = self._patience(None)  # to answer at all, however short the other one is
        in_time = bool(patience.left())  # otherwise it has been looked at before, and has answered
        seen = ""
        findings: list[Finding] = []
        looking = asyncio.ensure_future(look.look(self.tab, self._places, seen, answer))
        try:
            while True:
                # The last look may begin when the patience has ended: it gets its answer too.
                seconds = patience.left() or (0.0 if seen else answer.left())
                await asyncio.wait([looking], timeout=min(seconds, _PEEK))
                if looking.done():
                    seen = looking.result() or seen
                    left = patience if seen else answer
                    looking = asyncio.ensure_future(look.look(self.tab, self._places, seen, left))
                if seen:
                    shown = self._sights(seen)
                    findings = [
                        wrong.finding(self.name, one.place, shown[one.place])
                        for one in sights
                        if (wrong := one.wrong(shown[one.place]))
                    ]
                    if not findings:
                        return []
                if not patience.left() and (seen or not answer.left()):
                    break
        finally:
            looking.cancel()
        if not seen and in_time:
            return [Wrong("answer", "a script keeps it busy without end").finding(self.name)]
        return findings

    async def unkept(self, patience: Patience) -> list[Finding]:
        """What was as it should be, and at the end of the check is so no longer."""
        return await self.unseen(self._kept, patience) if self._tab and self._kept else []

    async def photograph(self, file: Path) -> bool:
        """Save what the page looks like; False where that cannot be done."""
        with contextlib.suppress(Exception):
            await self.tab.screenshot(path=file, timeout=_CLOSING * 1000)
            return True
        return False

    async def close(self) -> None:
        """Let go of the page, and of its user."""
        self._tab = None
        self._overheard.end()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_CLOSING):
                if self._context:
                    await self._context.close()

    async def _load(self, verb: str, deed: Callable[[], Awaitable[object]]) -> None:
        self._loaded, self._before = len(self._conversation.entries), len(self._overheard.sids)
        self._overheard.user_loads = True
        try:
            await self._do(verb, "the page", "it does not load", deed)
        finally:
            self._overheard.user_loads = False

    def _sights(self, seen: str) -> Look:
        """What a look has given, and what is known beside it."""
        own = (e for e in self._conversation.entries if e.client == self.name)
        places = {
            # What alert() says, its user has read, wherever else the page writes.
            place: replace(sight, texts=[*sight.texts, *self._overheard.alerts])
            if place.selector == _WHOLE
            else sight
            for place, sight in look.read(seen, self._places).items()
        }
        return {
            **places,
            SCRIPTS: Seen(texts=self._overheard.scripts),
            ERRORS: Seen(texts=[entry.event for entry in own if entry.kind in ERROR_KINDS]),
            CONNECTIONS: Seen(texts=self._overheard.sids),
        }
