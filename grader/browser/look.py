"""What a page shows just now, read by look.js in the page itself."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from grader.browser.sights import PLACES, STYLES, Place, Seen
from grader.history.patience import Patience

if TYPE_CHECKING:
    from playwright.async_api import Page

_LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
_SELECTORS = {place.name: place.selector for place in PLACES}
SHORTEST = 100.0  # milliseconds that the browser is given for anything
_POLL = 20  # milliseconds between two looks at a page that has not changed


async def look(page: "Page", before: str, patience: Patience) -> str:
    """What the page shows, as JSON, as soon as it is not as before; "" where it stays so."""
    from playwright.async_api import Error
    from playwright.async_api import TimeoutError as TooLong

    try:
        seen = await page.wait_for_function(
            _LOOK,
            arg={"places": _SELECTORS, "before": before},
            polling=_POLL,
            timeout=max(SHORTEST, patience.left() * 1000),
        )
        return str(await seen.json_value())
    except TooLong:
        return ""
    except Error:  # another page has come meanwhile
        await asyncio.sleep(_POLL / 1000)
        return ""


def read(seen: str) -> dict[Place, Seen]:
    """What a look has given, by place."""
    found = json.loads(seen)
    places = {place: Seen(**found["places"][place.name]) for place in PLACES}
    return {**places, STYLES: Seen(texts=("a rule",) * found["rules"])}
