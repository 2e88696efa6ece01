"""A page: the step's page in a real browser, one user's, and what the user does with it.

What the user does is recorded here; `overheard` records the rest.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.browser import look, targets
from grader.browser.look import SHORTEST
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
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import MOST, Patience
from grader.history.values import text_of

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Locator
    from playwright.async_api import Page as Tab

OFFLINE = "offline, and online again"  # what a page goes that loses its connection

_PEEK = 0.25  # seconds after which what only the history shows is looked at again
_MOST_TABS = 40  # times that the Tab key is pressed in search of something
_RECONNECTING = 1.5  # seconds that socket.io-client may wait before it connects again
_CLOSING = 2.0  # seconds for a last picture, and for a page to close

_HAS_FOCUS = "(selector) => Boolean(document.activeElement?.matches(selector))"


class Page:
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
        self.name = name
        self._places = places
        conversation.clients.append(name)
        conversation.pages.append(name)
        self._url = url
        self._conversation = conversation
        self._patience = patience
        self._overheard = Overheard(name, url, conversation)
        self._context: BrowserContext | None = None
        self._tab: Tab | None = None
        self._kept: Sequence[Sight] = ()
        self._loaded = 0  # the entry of the history at which it was loaded last
        self._before = 0  # connections that it had made when it was loaded, or went offline

    @property
    def tab(self) -> "Tab":
        """Playwright's page."""
        assert self._tab, "the page is not open"
        return self._tab

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
        await self._load("opens", lambda: tab.goto(f"{self._url}/"))

    async def reload(self) -> None:
        """Load the page again, as F5 does."""
        await self._load("reloads", self.tab.reload)

    async def click(self, place: Place, text: str) -> None:
        """Click on what has the text, in a place."""
        await self._click(
            lambda: targets.with_text(self.tab, place.selector, text),
            f"on {text_of(text)} in {place.name}",
            "there is nothing to click on",
        )

    async def click_button(self, place: Place, name: str) -> None:
        """Click on the button of that name in a place, or on its only one, whatever it is called.

        A place may be the button itself.
        """
        await self._click(
            lambda: targets.named(self.tab, place.selector, name),
            f"on {text_of(name)} in {place.name}",
            "there is nothing to click on",
        )

    async def press(self, key: str) -> None:
        """Press a key, as Escape, wherever the focus is."""
        keyboard = self.tab.keyboard
        await self._do("presses", key, "it cannot be pressed", lambda: keyboard.press(key))

    async def fill(self, place: Place, text: str) -> None:
        """Type into an input, and go no further."""

        async def stay() -> None:
            pass

        await self._type(place, text, "", stay)

    async def write(self, place: Place, text: str, *, by_button: bool = False) -> None:
        """Type into an input, then press Enter, or else click the form's button."""
        field = self.tab.locator(place.selector).first
        if by_button:
            await self.fill(place, text)
            await self._click(
                lambda: targets.beside(self.tab, field),
                "on the form's button",
                "there is none that can be clicked",
            )
            return
        await self._type(place, text, ", and Enter", lambda: field.press("Enter"))

    async def _type(
        self, place: Place, text: str, then: str, deed: Callable[[], Awaitable[object]]
    ) -> None:
        field = self.tab.locator(place.selector).first
        await self._do(
            "types",
            f"{text_of(text)} into {place.name}{then}",
            f"there is no {place.selector} that can be typed into",
            deed,
            ready=lambda ms: field.fill(text, timeout=ms),
        )

    async def write_by_keyboard(self, place: Place, text: str) -> None:
        """Go to an input with the Tab key alone, type, and press Enter."""

        async def tab_and_type() -> None:
            keyboard = self.tab.keyboard
            for _ in range(_MOST_TABS):
                if await self.tab.evaluate(_HAS_FOCUS, place.selector):
                    await keyboard.type(text)
                    return await keyboard.press("Enter")
                await keyboard.press("Tab")
            raise TimeoutError

        what = f"{text_of(text)} into {place.name}, by the keyboard alone, and Enter"
        await self._do("types", what, "the Tab key does not lead there", tab_and_type)

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

    async def _has_reacted(self, patience: Patience) -> None:
        """Wait until the history has what its script has sent by now."""
        with contextlib.suppress(Exception):  # a page that is too busy, or goes, has sent no more
            async with asyncio.timeout(patience.seconds):
                await self.tab.evaluate("0")

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
        seen = ""
        findings: list[Finding] = []
        looking = asyncio.ensure_future(look.look(self.tab, self._places, seen, answer))
        try:
            while True:
                await asyncio.wait([looking], timeout=min(patience.left(), _PEEK))
                if looking.done():
                    seen = looking.result() or seen
                    looking = asyncio.ensure_future(
                        look.look(self.tab, self._places, seen, patience)
                    )
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
        if not seen:
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

    async def _click(
        self, find: Callable[[], Awaitable["Locator"]], what: str, otherwise: str
    ) -> None:
        """Click on what is found, again each time, until it can be clicked on."""

        async def ready(milliseconds: float) -> None:
            await (await find()).click(timeout=milliseconds, trial=True)

        async def deed() -> None:
            await (await find()).click()

        await self._do("clicks", what, otherwise, deed, ready)

    async def _do(
        self,
        verb: str,
        what: str,
        otherwise: str,
        deed: Callable[[], Awaitable[object]],
        ready: Callable[[float], Awaitable[object]] | None = None,
    ) -> None:
        """Record what the user does, and do it, once: `ready` may be tried several times before.

        `ready` is given the milliseconds that it may take, and sends nothing. Raises CheckFailed,
        with `otherwise` as the fact, where it cannot be done.
        """
        from playwright.async_api import Error
        from playwright.async_api import TimeoutError as TooLong

        self._acts(verb, what)
        patience = self._patience(None)
        try:
            while ready:
                try:
                    await ready(max(SHORTEST, patience.left() * 1000))
                    break
                except TooLong:
                    if not patience.left():
                        raise
            await deed()
            await self._has_reacted(
                patience
            )  # before its user, or another one, does the next thing
        except (Error, TimeoutError) as error:
            finding = Finding(Fault.UNABLE, self.name, verb, text=otherwise, should=what)
            raise CheckFailed([finding], self._last_act) from error

    def _acts(self, verb: str, what: str) -> None:
        self._kept = ()
        self._conversation.record(Kind.ACTED, self.name, verb, (what,))

    @property
    def _last_act(self) -> int:
        entries = self._conversation.entries
        return max((i for i, e in enumerate(entries) if e.kind is Kind.ACTED), default=0)

    def _sights(self, seen: str) -> Look:
        """What a look has given, and what is known beside it."""
        own = (e for e in self._conversation.entries if e.client == self.name)
        return {
            **look.read(seen, self._places),
            SCRIPTS: Seen(texts=self._overheard.scripts),
            ERRORS: Seen(texts=[entry.event for entry in own if entry.kind in ERROR_KINDS]),
            CONNECTIONS: Seen(texts=self._overheard.sids),
        }
