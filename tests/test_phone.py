"""On a phone the pages of the solutions fit: nothing runs out to the right, and a name has room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from grader.browser.chromium import Browser
from grader.servers.direct import SubprocessLauncher
from grader.servers.server import Submission, serving
from tests.support import LONGEST, ROOT, course, need_browser

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.xdist_group("browser")

PHONE = {"width": 390, "height": 780}
LONG = "W" * 32  # the longest name, of the widest letter


@asynccontextmanager
async def opened(number: int) -> AsyncIterator["Page"]:
    """The page of a step's solution, on a phone."""
    need_browser()
    static = ROOT / "static"
    submission = Submission(course().find(str(number)).solution, static=static)
    browser, launcher = Browser(static), SubprocessLauncher()
    try:
        assert not await browser.ready()
        async with serving(submission, launcher, LONGEST, lambda: None) as server:
            page = await (await browser.user(server.url)).new_page()
            await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            await page.goto(server.url)
            yield page
    finally:
        await browser.close()
        await launcher.close()


async def fits(page: "Page") -> bool:
    width = await page.evaluate("document.documentElement.scrollWidth")
    return bool(width <= PHONE["width"])


@pytest.mark.parametrize("number", [4, 7])
async def test_a_long_name_is_broken(number: int) -> None:
    async with opened(number) as page:
        await page.fill("#username-input", LONG)
        await page.press("#username-input", "Enter")
        await page.get_by_text(f"Connected as {LONG}").wait_for()
        assert await fits(page)


@pytest.mark.parametrize("number", [10, 11, 12])
async def test_the_name_that_one_writes_to_can_be_read(number: int) -> None:
    async with opened(number) as page:
        await page.fill("#login-input" if number > 10 else "#register-input", "amy")
        await page.press("#login-input" if number > 10 else "#register-input", "Enter")
        box = await page.locator("#to-input").bounding_box()
        assert box
        assert box["width"] > PHONE["width"] / 2
        assert await fits(page)
