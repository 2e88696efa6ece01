"""The pages of one check: opened side by side in the browser, one user each."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.browser.chromium import Browser
from grader.browser.page import Page
from grader.browser.way_in import WayIn
from grader.explaining.vocabulary import Place
from grader.history.conversation import Conversation
from grader.history.findings import Finding
from grader.history.patience import Patience
from grader.servers.world import MACHINE, World

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext


@dataclass
class Pages:
    """All pages that a check has opened at the server, in that order."""

    browser: Browser | None  # None where no check needs one
    url: str
    conversation: Conversation
    patience: Callable[[float | None], Patience]
    places: Sequence[Place] = ()
    world: World = MACHINE
    opened: list[Page] = field(default_factory=list)
    ways: list[WayIn] = field(default_factory=list)

    async def open(self, *names: str) -> list[Page]:
        """Open the page once for each name. Raises CheckFailed where it does not load."""
        assert self.browser, "the check does not say that it needs a browser"
        new = [
            Page(name, self.url, self.conversation, self.patience, self.places) for name in names
        ]
        contexts = await asyncio.gather(*(self._user() for _ in names))
        self.opened += new
        for page, context in zip(new, contexts, strict=True):
            await page.open(context)
        return new

    async def unkept(self) -> list[Finding]:
        """What a page showed as it should, and shows so no longer."""
        patience = self.patience(None)
        found = await asyncio.gather(*(page.unkept(patience) for page in self.opened))
        return [finding for findings in found for finding in findings]

    async def photograph(self, folder: Path, prefix: str) -> list[Path]:
        """Save what every page looks like, as PREFIX-NAME.png; the files."""
        files = {folder / f"{prefix}-{page.name}.png": page for page in self.opened if page.is_open}
        return [file for file, page in files.items() if await page.photograph(file)]

    async def close(self) -> None:
        """Let every page go."""
        await asyncio.gather(*(page.close() for page in self.opened))
        await asyncio.gather(*(way.close() for way in self.ways))

    async def _user(self) -> "BrowserContext":
        """Another user of the browser, who gets to the server and nowhere else."""
        assert self.browser
        if not self.world.isolated:
            return await self.browser.user(self.url)
        way = WayIn(self.url, self.world)
        self.ways.append(way)
        return await self.browser.user(self.url, await way.open())


def clear(folder: Path, prefix: str) -> None:
    """Remove the pictures of an earlier run whose names begin so."""
    for file in folder.glob(f"{prefix}-*.png"):
        with contextlib.suppress(OSError):
            file.unlink()
