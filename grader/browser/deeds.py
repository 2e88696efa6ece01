"""What a user does with a page: each act is recorded, and done once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from grader.browser import targets
from grader.browser.look import SHORTEST
from grader.browser.sights import Sight
from grader.explaining.vocabulary import Place
from grader.history.conversation import Conversation, Kind
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import Patience
from grader.history.values import text_of

if TYPE_CHECKING:
    from playwright.async_api import Locator
    from playwright.async_api import Page as Tab

_MOST_TABS = 40  # times that the Tab key is pressed in search of something

# Whether a modal dialog lies over the first of some elements, if there is one: nothing outside the
# dialog can be used (HTML, "inert").
_LIES_UNDER = """([first]) => {
  const modal = [...document.querySelectorAll("dialog:modal")].at(-1);
  return Boolean(modal && first && !modal.contains(first));
}"""
_HAS_FOCUS = "(selector) => Boolean(document.activeElement?.matches(selector))"


class Deeds:
    """The user of a page that is open."""

    def __init__(
        self,
        name: str,
        conversation: Conversation,
        patience: Callable[[float | None], Patience],
    ) -> None:
        self.name = name
        self._conversation = conversation
        self._patience = patience
        self._tab: Tab | None = None
        self._kept: Sequence[Sight] = ()  # what it shows until its user acts again

    @property
    def tab(self) -> "Tab":
        """Playwright's page."""
        assert self._tab, "the page is not open"
        return self._tab

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

        async def ready(milliseconds: float) -> None:
            await self._dismiss(field, milliseconds)
            await field.fill(text, timeout=milliseconds)

        await self._do(
            "types",
            f"{text_of(text)} into {place.name}{then}",
            f"there is no {place.selector} that can be typed into",
            deed,
            ready,
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

    async def _click(
        self, find: Callable[[], Awaitable["Locator"]], what: str, otherwise: str
    ) -> None:
        """Click on what is found, again each time, until it can be clicked on."""

        async def ready(milliseconds: float) -> None:
            found = await find()
            await self._dismiss(found, milliseconds)
            await found.click(timeout=milliseconds, trial=True)

        async def deed() -> None:
            await (await find()).click()

        await self._do("clicks", what, otherwise, deed, ready)

    async def _dismiss(self, wanted: "Locator", milliseconds: float) -> None:
        """Close a modal dialog that lies over what is wanted, as any user does, by Escape.

        Raises TimeoutError where the page does not answer in time.
        """
        async with asyncio.timeout(milliseconds / 1000):
            if await wanted.evaluate_all(_LIES_UNDER):
                await self.tab.keyboard.press("Escape")

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
                except (TooLong, TimeoutError):
                    if not patience.left():
                        raise
            await deed()
            # Before its user, or another one, does the next thing.
            await self._has_reacted(patience)
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

    async def _has_reacted(self, patience: Patience) -> None:
        """Wait until the history has what its script has sent by now."""
        with contextlib.suppress(Exception):  # a page that is too busy, or goes, has sent no more
            async with asyncio.timeout(patience.seconds):
                await self.tab.evaluate("0")
