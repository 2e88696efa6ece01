"""What a page shows just now, read by look.js in the page itself."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.browser.sights import STYLES, Seen
from grader.explaining.vocabulary import Place
from grader.history.patience import Patience

if TYPE_CHECKING:
    from playwright.async_api import Page

_LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
SHORTEST = 100.0  # milliseconds that the browser is given for anything
_POLL = 20  # milliseconds between two looks at a page that has not changed


async def look(page: "Page", places: Sequence[Place], before: str, patience: Patience) -> str:
    """What the page shows in the places, as JSON, as soon as it changes; "" if it does not."""
    from playwright.async_api import Error
    from playwright.async_api import TimeoutError as TooLong

    try:
        seen = await page.wait_for_function(
            _LOOK,
            arg={"places": {one.name: one.selector for one in places}, "before": before},
            polling=_POLL,
            timeout=max(SHORTEST, patience.left() * 1000),
        )
        return str(await seen.json_value())
    except TooLong:
        return ""
    except Error:  # another page has come meanwhile
        await asyncio.sleep(_POLL / 1000)
        return ""


def read(seen: str, places: Sequence[Place]) -> dict[Place, Seen]:
    """What a look has given, by place."""
    found = json.loads(seen)
    by_place = {place: Seen(**found["places"][place.name]) for place in places}
    return {**by_place, STYLES: Seen(texts=("a rule",) * found["rules"])}
