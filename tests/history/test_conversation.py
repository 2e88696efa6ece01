"""The history keeps what happened in one order, and wakes all that wait for more."""

import asyncio

import pytest

from grader.history.conversation import Conversation, Entry, Kind
from grader.history.patience import Patience

LONG = 60.0  # seconds that nobody waits: what is awaited comes at once


@pytest.fixture
def conversation() -> Conversation:
    return Conversation()


def test_it_begins_empty(conversation: Conversation) -> None:
    assert (conversation.entries, conversation.clients, conversation.sids) == ([], [], {})


def test_entries_stand_in_the_order_in_which_they_came(conversation: Conversation) -> None:
    conversation.record(Kind.CONNECTED, "amy")
    conversation.record(Kind.SENT, "amy", "new user", ("amy",))
    first, second = conversation.entries
    assert first == Entry(first.at, Kind.CONNECTED, "amy", "", ())
    assert second == Entry(second.at, Kind.SENT, "amy", "new user", ("amy",))
    assert 0 <= first.at <= second.at


def test_once_it_is_over_nothing_is_added(conversation: Conversation) -> None:
    conversation.record(Kind.HEARD, "amy", "user has left", ({},))
    conversation.end()
    conversation.record(Kind.HEARD, "amy", "user has left", ({},))
    assert len(conversation.entries) == 1
    assert conversation.heard("amy", "user has left") == [0]


def test_heard_tells_where_a_client_heard_an_event(conversation: Conversation) -> None:
    conversation.record(Kind.SENT, "amy", "new user", ("amy",))
    conversation.record(Kind.HEARD, "amy", "new user", ("amy",))
    conversation.record(Kind.HEARD, "terry", "new user", ("amy",))
    conversation.record(Kind.HEARD, "amy", "new message", ({},))
    conversation.record(Kind.HEARD, "amy", "new user", ("terry",))
    assert conversation.heard("amy", "new user") == [1, 4]
    assert conversation.heard("terry", "new user") == [2]
    assert conversation.heard("bob", "new user") == []


def test_heard_looks_from_since_on_and_before_until(conversation: Conversation) -> None:
    for name in ("amy", "terry", "bob"):
        conversation.record(Kind.HEARD, "amy", "new user", (name,))
    assert conversation.heard("amy", "new user", 1) == [1, 2]
    assert conversation.heard("amy", "new user", 1, 2) == [1]
    assert conversation.heard("amy", "new user", 1, 1) == []
    assert conversation.heard("amy", "new user", 7) == []


async def test_what_holds_already_is_not_waited_for(conversation: Conversation) -> None:
    assert await conversation.until(lambda: True, Patience(0))


async def test_what_does_not_come_ends_with_the_patience(conversation: Conversation) -> None:
    assert not await conversation.until(lambda: False, Patience(0))


async def test_a_record_wakes_everybody_who_waits(conversation: Conversation) -> None:
    asyncio.get_running_loop().call_soon(conversation.record, Kind.HEARD, "amy", "new user")
    waiting = [
        conversation.until(lambda: bool(conversation.entries), Patience(LONG)) for _ in range(3)
    ]
    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_a_change_without_an_entry_wakes_too(conversation: Conversation) -> None:
    changes: list[str] = []

    def change() -> None:
        changes.append("the server printed")
        conversation.changed()

    asyncio.get_running_loop().call_soon(change)
    assert await conversation.until(lambda: bool(changes), Patience(LONG))


async def test_it_goes_on_waiting_where_the_condition_does_not_hold_yet(
    conversation: Conversation,
) -> None:
    loop = asyncio.get_running_loop()

    def say(times: int) -> None:
        conversation.record(Kind.HEARD, "amy", "new message")
        if times:
            loop.call_soon(say, times - 1)

    loop.call_soon(say, 20)
    assert await conversation.until(lambda: len(conversation.entries) == 21, Patience(LONG))


async def test_who_has_stopped_waiting_is_not_woken(conversation: Conversation) -> None:
    waiting = asyncio.create_task(conversation.until(lambda: False, Patience(LONG)))
    await asyncio.wait([waiting], timeout=0)
    waiting.cancel()
    conversation.record(Kind.HEARD, "amy", "new user")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    conversation.changed()


async def test_what_has_arrived_when_the_patience_ends_still_counts(
    conversation: Conversation,
) -> None:
    """A late loop has what came in time still before it, a few turns from the history."""
    loop = asyncio.get_running_loop()

    def arrives(turns: int) -> None:
        if turns:
            loop.call_soon(arrives, turns - 1)
        else:
            conversation.record(Kind.HEARD, "amy", "new message")

    loop.call_soon(arrives, 10)
    assert await conversation.until(lambda: bool(conversation.entries), Patience(0.0))
    assert not await conversation.until(lambda: len(conversation.entries) > 1, Patience(0.0))
