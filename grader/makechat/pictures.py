"""What people do on the pages of steps 10 to 12 before a picture is taken of one of them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

Pages = Mapping[str, "Page"]

_LETTERS = (
    ("terry", "amy", "Have you seen the cat?"),
    ("bob", "amy", "The server is slow. Is it the cat?"),
)


async def register_and_write(pages: Pages) -> "Page":
    """Everybody registers, and two of them write to amy; amy's page."""
    for name, page in pages.items():
        await page.fill("#register-input", name)
        await page.press("#register-input", "Enter")
    return await _write(pages)


async def log_in_and_write(pages: Pages) -> "Page":
    """Everybody logs in, and two of them write to amy; amy's page."""
    for name, page in pages.items():
        await page.fill("#login-input", name)
        await page.press("#login-input", "Enter")
    return await _write(pages)


async def open_panels(pages: Pages) -> "Page":
    """Everybody logs in, and two of them open a panel; the page of the third."""
    await log_in_and_write(pages)
    for name, panel in (("terry", "Orders"), ("bob", "Stock")):
        await pages[name].get_by_role("button", name=panel).click()
        await pages["amy"].locator(".modals-open").get_by_text(panel.lower()).wait_for()
    return pages["amy"]


SITTINGS: Mapping[int, Callable[[Pages], Awaitable["Page"]]] = {
    10: register_and_write,
    11: log_in_and_write,
    12: open_panels,
}


async def _write(pages: Pages) -> "Page":
    for sender, name, text in _LETTERS:
        await pages[sender].fill("#to-input", name)
        await pages[sender].fill("#message-input", text)
        await pages[sender].press("#message-input", "Enter")
        await pages[name].get_by_text(text).wait_for()
    await pages["amy"].fill("#to-input", "terry")
    await pages["amy"].fill("#message-input", "She sleeps on the server.")
    return pages["amy"]
