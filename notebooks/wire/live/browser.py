"""The machine's own Chromium, for what only a browser decides, such as which cookies go where."""

import contextlib
import importlib.util
import os
import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser

# The first one shows no windows, and needs the least; Debian's is not on the PATH.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
_FOLDERS = ("/usr/lib/chromium", "/Applications/Google Chrome.app/Contents/MacOS")


def without_browser() -> str:
    """What `browser` lacks on this machine, and how to install it; "" for nothing."""
    if not _chromium():
        return "no Chromium here: apt install chromium, or set CHROMIUM to the path of one"
    if not importlib.util.find_spec("playwright"):
        return "no Python package playwright here: pip install playwright"
    return ""


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator["Browser"]:
    """A browser until the end of the block; each of its contexts has cookies of its own.

    Raises FileNotFoundError where there is no Chromium.
    """
    from playwright.async_api import async_playwright

    path = _chromium()
    if not path:
        raise FileNotFoundError(without_browser())
    # Its sandbox needs rights that a container does not give; it opens our own pages only.
    async with async_playwright() as playwright:
        program = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield program
        finally:
            await program.close()


def _chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    path = os.pathsep.join([os.environ.get("PATH", ""), *_FOLDERS])
    names = (named,) if named else (*_NAMES, "Google Chrome")
    return next(filter(None, (shutil.which(name, path=path) for name in names)), None)
