"""The pictures of the lessons: what the real pages show when people use them."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from grader.browser.chromium import Browser
from grader.checking import suite
from grader.course.course import Course, Step
from grader.makechat.pictures import SITTINGS
from grader.servers.direct import SubprocessLauncher
from grader.servers.server import Submission, serving

if TYPE_CHECKING:
    from playwright.async_api import Page

WIDTH, HEIGHT = 800, 420  # pixels
LOW = {2: 100, 3: 100, 4: 220, 7: 520, 8: 130, 12: 520}  # of pages that show less, or more
STATUS = {2: "", 9: "Log in first"}  # what a page says once it is open; "": nothing of interest
PEOPLE = ("amy", "terry", "bob")
CHANNELS = ("Python", "Lunch")
TALK = (
    ("amy", "Has anybody seen the cat?"),
    ("terry", "She sleeps on the server. It is warm there."),
    ("bob", "So that is why it is slow."),
)
FIRST, LAST = 0, -1
PICTURED = {4: FIRST, 5: FIRST}  # the first page sees all who join; from step 6 on any does
_PATIENCE = 10.0  # seconds that a server, or a page, may take


class PictureError(Exception):
    """There is no browser, and so no pictures; says how to get one."""


def take(course: Course) -> Iterator[Path]:
    """Write images/page.png of every step whose solution has a page; yields each file.

    Raises PictureError.
    """
    for step in course.steps:
        if (step.solution / "public/index.html").is_file():
            file = step.folder / "images" / "page.png"
            file.parent.mkdir(exist_ok=True)
            asyncio.run(_photograph(step, course.root / "static", file))
            yield file


async def _photograph(step: Step, static: Path, file: Path) -> None:
    height = LOW.get(step.number, HEIGHT)
    browser, launcher = Browser(static), SubprocessLauncher()
    try:
        if unmet := await browser.ready():
            raise PictureError(unmet)
        submission = Submission(step.solution, static=static)
        special = suite.of_step(step.number).vocabulary.environment
        async with serving(
            submission, launcher, _PATIENCE, lambda: None, special=special
        ) as server:
            pages = {}
            for name in PEOPLE:
                page = await (await browser.user(server.url)).new_page()
                page.set_default_timeout(_PATIENCE * 1000)
                await page.set_viewport_size({"width": WIDTH, "height": height})
                await page.goto(server.url)
                if said := STATUS.get(step.number, "Connected"):
                    await page.get_by_text(said).wait_for()
                pages[name] = page
                await _use(page, "#username-input", name)
            sitting = SITTINGS.get(step.number)
            pictured = await (sitting(pages) if sitting else _chat(step, pages))
            await pictured.screenshot(path=file, animations="disabled", caret="hide")
    finally:
        await browser.close()
        await launcher.close()


async def _chat(step: Step, pages: Mapping[str, "Page"]) -> "Page":
    """Make channels and talk, where the step's page can; the page to be pictured."""
    for name in CHANNELS:
        await _use(pages["amy"], "#new-channel-input", name)
    general = pages["amy"].get_by_role("button", name="General")
    if await general.count():
        await general.click()
    for name, text in TALK:
        await _use(pages[name], "#chat-input", text)
    pictured = list(pages.values())[PICTURED.get(step.number, LAST)]
    if await pictured.locator(".message-container").count():
        await pictured.get_by_text(TALK[-1][1]).wait_for()
    return pictured


async def _use(page: "Page", selector: str, text: str) -> None:
    """Type into an input and press Enter, where the step's page has one already."""
    if await page.locator(selector).count():
        await page.fill(selector, text)
        await page.press(selector, "Enter")
        await page.get_by_text(text).first.wait_for()
