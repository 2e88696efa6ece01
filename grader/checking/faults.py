"""Errors of the grader's own that nobody awaits: no check that was under way then is judged."""

import asyncio
import contextlib
from collections.abc import Collection, Iterator
from typing import Any

from grader.history.blame import is_ours
from grader.history.conversation import Conversation


@contextlib.contextmanager
def owned(under_way: Collection[Conversation]) -> Iterator[None]:
    """Meanwhile an error in a callback or a forgotten task of the event loop fails these.

    asyncio cannot say whose such an error is. What clients run is owned by their conversations
    (`Conversation.own`), so that this is the last resort.
    """
    loop = asyncio.get_running_loop()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and is_ours(error):
            for conversation in under_way:
                conversation.fail(error)
        # A library may still raise when its connection or page is closed. Nobody waits for that,
        # and it tells a student nothing.

    before = loop.get_exception_handler()
    loop.set_exception_handler(handle)
    try:
        yield
    finally:
        loop.set_exception_handler(before)
