"""A browser for notebooks: found, or told what is missing; with cookies apart, and ended."""

import sys

import psutil
import pytest

from tests.support import need_browser, wait_until
from wire import live

# One browser at a time, see tests/browser.
pytestmark = pytest.mark.xdist_group("browser")


def test_a_browser_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert live.without_browser() == (
        "no Chromium here: apt install chromium, or set CHROMIUM to the path of one"
    )


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", sys.executable)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert live.without_browser() == "no Python package playwright here: pip install playwright"


async def test_without_one_it_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(FileNotFoundError, match="no Chromium here"):
        async with live.browser():
            pass


async def test_it_shows_pages_and_ends_with_the_block() -> None:
    need_browser()
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    async with live.browser() as browser:
        page = await browser.new_page()
        await page.goto("data:text/html,<title>kittens</title>")
        assert await page.title() == "kittens"

    def started() -> set[int]:
        return {child.pid for child in psutil.Process().children(recursive=True)} - before

    wait_until(lambda: not started(), "every process of the browser to go")
