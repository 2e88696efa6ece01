"""The machine's Chromium: found, started beside other things, and ended with all its processes."""

import asyncio
import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from grader.history.patience import LATELY, Waits
from grader.servers.ports import family

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Playwright

NO_BROWSER = "no browser here: apt install chromium, or set CHROMIUM to one's path"
NO_PLAYWRIGHT = "the browser checks need playwright: pip install -e '.[page]'"
NO_CLIENT = (
    "the browser's Socket.IO client is not installed: run make static in the course's folder"
)

CLIENT = "node_modules/socket.io-client/dist/socket.io.min.js"  # in the folder of shared files

# Made to show no windows, it costs a third of the others; Debian's is not on PATH.
_SHELL, _DEBIANS = "chromium-headless-shell", "/usr/lib/chromium"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = {
    "darwin": ("/Applications/{}.app/Contents/MacOS/{}", ("Google Chrome", "Chromium")),
    "win32": ("{}/Google/Chrome/Application/chrome.exe", ("PROGRAMFILES", "LOCALAPPDATA")),
}
_NOWHERE = "http://127.0.0.1:1"  # a proxy that nobody runs: tcpmux, RFC 1078
_CLOSING = 3.0  # seconds that the browser may take to close something, before it is killed


def find_chromium(env: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """The path of a Chromium or Chrome; None where there is none.

    The variable CHROMIUM names one; otherwise PATH is searched, then the platform's usual places.
    """
    if named := env.get("CHROMIUM"):
        return shutil.which(named)
    path = env.get("PATH", "")
    beside = path + os.pathsep + _DEBIANS if platform == "linux" else path
    for name, where in ((_SHELL, beside), *((name, path) for name in _NAMES)):
        if found := shutil.which(name, path=where):
            return found
    pattern, names = _PLACES.get(platform, ("", ()))
    roots = [env.get(name, name) if platform == "win32" else name for name in names]
    places = (pattern.format(root, root) for root in roots)
    return next((place for place in places if Path(place).is_file()), None)


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """Start the driver, a program in Node, without its warnings: they are about itself."""
    before = os.environ.get("NODE_NO_WARNINGS")
    os.environ["NODE_NO_WARNINGS"] = "1"
    try:
        yield
    finally:
        del os.environ["NODE_NO_WARNINGS"]
        if before is not None:
            os.environ["NODE_NO_WARNINGS"] = before


def unmet(static: Path | None, chromium: str | None) -> str:
    """Why no page can be judged, and the command that fixes it; "" where everything is here.

    `static` is the folder of shared files; None where the server has its own.
    """
    if chromium is None:
        return NO_BROWSER
    if find_spec("playwright") is None:
        return NO_PLAYWRIGHT
    if static and not (static / CLIENT).is_file():
        return NO_CLIENT
    return ""


class Browser:
    """One browser for a whole run. It begins to start at once; await `ready` before using it."""

    def __init__(self, static: Path | None = None) -> None:
        self._path = find_chromium()
        self.missing = self._unmet = unmet(static, self._path)  # what is not installed here
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self._driver: int | None = None  # its process
        self._counted: tuple[float, Callable[[], float] | None] = 0.0, None  # since when
        self._listed: tuple[float, list[int], list[int]] = 0.0, [], []  # when, and what was there
        self._starting = None if self._unmet else asyncio.create_task(self._start())

    async def ready(self) -> str:
        """Wait until it runs; why it does not, "" where it does."""
        if self._starting:
            await asyncio.shield(self._starting)
        return self._unmet

    async def user(self, url: str, proxy: str | None = None) -> "BrowserContext":
        """Another user, with cookies and a cache, who reaches only the server at `url`.

        `proxy` is the URL of the one that leads there; without it the server is asked directly,
        and everything else is sent to a proxy that nobody runs. The source is Chromium's
        net/docs/proxy.md, "Proxy bypass rules" (<-loopback> takes back that loopback is exempt).
        """
        assert self._chromium
        direct = "" if proxy else f",{urlsplit(url).netloc}"
        return await self._chromium.new_context(
            proxy={"server": proxy or _NOWHERE, "bypass": f"<-loopback>{direct}"}, locale="en"
        )

    def waits(self) -> Callable[[], float]:
        """What tells the seconds that the browser and its driver wait for a core from now on.

        From up to LATELY seconds before, as many waits begin at a time, and each would have to ask
        a dozen processes. Of its pages' own processes the one that waits longest counts: they do
        not wait for each other.
        """
        since, counted = self._counted
        if not counted or time.monotonic() - since > LATELY:
            counted = self._count()
            self._counted = time.monotonic(), counted
        return counted

    def _count(self) -> Callable[[], float]:
        shared = Waits(lambda: self._processes()[0])
        pages = Waits(lambda: self._processes()[1], longest=True)
        return lambda: shared() + pages()

    def _processes(self) -> tuple[list[int], list[int]]:
        """Those of the browser and of its driver, which has started it; and the pages' own.

        They are looked for once in LATELY seconds: there are dozens.
        """
        when, shared, pages = self._listed
        if time.monotonic() - when <= LATELY:
            return shared, pages
        if self._driver is None:
            ours = family(os.getpid())
            self._driver = next((pid for pid in ours if b"run-driver" in _command(pid)), None)
        every = family(self._driver) if self._driver else []
        pages = [pid for pid in every if b"--type=renderer" in _command(pid)]
        shared = [pid for pid in every if pid not in pages]
        self._listed = time.monotonic(), shared, pages
        return shared, pages

    async def close(self) -> None:
        """End it, started or starting; its processes go with it.

        What does not end in time goes with the grader: the driver ends when its input does, and
        takes the browser with it.
        """
        if self._starting:
            # A start that is cancelled would leave half of it behind.
            await asyncio.wait([self._starting], timeout=_CLOSING)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_CLOSING):
                if self._chromium:
                    await self._chromium.close()
                if self._playwright:
                    await self._playwright.stop()

    async def _start(self) -> None:
        from playwright.async_api import Error, async_playwright

        try:
            with _without_warnings():
                self._playwright = await async_playwright().start()
            self._chromium = await self._playwright.chromium.launch(executable_path=self._path)
        except (Error, OSError) as error:
            self._unmet = f"the browser does not start: {str(error).strip().splitlines()[0]}"


def _command(pid: int) -> bytes:
    """The process's command line; nothing where it has ended, or where nothing tells it."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
