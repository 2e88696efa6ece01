"""What is overheard of a page, in the order in which it came; in a real browser, see test_page."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from grader.browser.overheard import Overheard
from grader.history.conversation import Conversation, Kind
from grader.history.patience import Patience

URL = "http://127.0.0.1:3000"


class Emitter:
    """Something of the browser's that can be listened to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.listeners: dict[str, Callable[..., object]] = {}

    def on(self, event: str, listener: Callable[..., object]) -> None:
        self.listeners[event] = listener


POLLED = f"{URL}/socket.io/?EIO=4&transport=polling"


def listening(conversation: Conversation) -> tuple[Overheard, Emitter]:
    """What overhears amy's page, and that page."""
    page: Any = Emitter(URL)
    overheard = Overheard("amy", URL, conversation)
    overheard.listen(page)
    return overheard, page


async def test_it_has_caught_up_once_the_history_has_all_that_came() -> None:
    conversation, there = Conversation(), asyncio.Event()

    async def text() -> str:
        await there.wait()
        return '42["new user","bob"]'

    overheard, page = listening(conversation)
    await overheard.catch_up(Patience(60))
    page.listeners["response"](SimpleNamespace(url=POLLED, status=200, text=text))
    catching_up = asyncio.create_task(overheard.catch_up(Patience(60)))
    await asyncio.sleep(0)
    assert not catching_up.done()
    there.set()
    await catching_up
    overheard.end()
    assert [entry.event for entry in conversation.entries] == ["new user"]


async def test_a_body_that_never_comes_is_waited_for_no_longer_than_the_patience() -> None:
    conversation = Conversation()
    overheard, page = listening(conversation)
    never = asyncio.Event()
    page.listeners["response"](SimpleNamespace(url=POLLED, status=200, text=never.wait))
    await overheard.catch_up(Patience(0.01))
    overheard.end()


async def test_a_frame_is_recorded_behind_the_response_that_came_before_it() -> None:
    """A body is read a moment after its response has come."""
    conversation, there = Conversation(), asyncio.Event()

    async def text() -> str:
        await there.wait()
        return '42["get online users",{}]'

    socket = Emitter(f"{URL.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket")
    overheard, page = listening(conversation)
    page.listeners["websocket"](socket)
    page.listeners["response"](SimpleNamespace(url=POLLED, status=200, text=text))
    socket.listeners["framereceived"]('42["new user","bob"]')
    asyncio.get_running_loop().call_later(0.01, there.set)
    await conversation.until(lambda: len(conversation.entries) == 2, Patience(60))
    overheard.end()
    heard = [(entry.kind, entry.event) for entry in conversation.entries]
    assert heard == [(Kind.HEARD, "get online users"), (Kind.HEARD, "new user")]


async def test_what_the_page_has_asked_is_answered_and_nothing_else_is_waited_for() -> None:
    conversation = Conversation()
    socket = Emitter(f"{URL.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket")
    overheard, page = listening(conversation)
    page.listeners["websocket"](socket)
    events = ("get online users", "get channels")
    await overheard.answered(events, 0, Patience(60))  # nothing is asked yet
    socket.listeners["framesent"]('42["get online users"]')
    answered = asyncio.create_task(overheard.answered(events, 0, Patience(60)))
    await asyncio.sleep(0)
    assert not answered.done()
    socket.listeners["framereceived"]('42["get online users",{}]')
    await answered
    since = len(conversation.entries)  # where the page is loaded once more
    socket.listeners["framesent"]('42["get online users"]')
    answered = asyncio.create_task(overheard.answered(events, since, Patience(60)))
    await asyncio.sleep(0)
    assert not answered.done()
    socket.listeners["framereceived"]('42["get online users",{}]')
    await answered
    overheard.end()


async def test_what_is_no_packet_is_passed_over() -> None:
    conversation = Conversation()
    socket = Emitter(f"{URL.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket")
    overheard, page = listening(conversation)
    page.listeners["websocket"](socket)
    for frame in ('42["deep",' + "[" * 100_000, "40{}", '42["new user","bob"]'):
        socket.listeners["framereceived"](frame)
    await overheard.catch_up(Patience(60))
    overheard.end()
    assert [(entry.kind, entry.event) for entry in conversation.entries] == [
        (Kind.HEARD, "new user")
    ]
    assert not overheard.sids
