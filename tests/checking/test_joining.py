"""Clients that join before what a check is about: who has heard of them."""

import asyncio

from grader.checking.joining import heard_of
from grader.history.findings import Fault, Finding
from tests.checking.stage import Stage

LONG = 60.0  # seconds that nobody waits: what is awaited comes at once
EVENT = "new user"
NOBODY: set[str] = set()


async def test_whoever_hears_of_them_all_have_been_heard_of(stage: Stage) -> None:
    stage.hears(stage.terry, EVENT, ["amy"])
    stage.hears(stage.amy, EVENT, {"name": "TERRY"})
    assert await heard_of(["amy", "terry"], EVENT, 0, NOBODY, stage.around) == []


async def test_those_of_whom_nobody_hears_are_named(stage: Stage) -> None:
    stage.hears(stage.amy, EVENT, "amy")
    stage.hears(stage.amy, "another event", "terry")
    assert await heard_of(["amy", "terry"], EVENT, 0, NOBODY, stage.around) == ["terry"]


async def test_what_was_heard_before_does_not_count(stage: Stage) -> None:
    stage.hears(stage.amy, EVENT, "amy")
    assert await heard_of(["amy"], EVENT, 1, NOBODY, stage.around) == ["amy"]


async def test_what_comes_only_after_a_while_is_awaited(stage: Stage) -> None:
    stage.seconds = LONG
    hears = asyncio.get_running_loop().call_soon
    hears(stage.hears, stage.amy, EVENT, "amy")
    hears(stage.hears, stage.terry, EVENT, "amy")
    assert await heard_of(["amy"], EVENT, 0, {"amy", "terry"}, stage.around) == []
    assert len(stage.conversation.entries) == 2


async def test_a_listener_that_does_not_hear_of_them_fails_nothing(stage: Stage) -> None:
    stage.hears(stage.amy, EVENT, "amy")
    assert await heard_of(["amy"], EVENT, 0, {"amy", "terry"}, stage.around) == []


async def test_where_nothing_more_can_come_nobody_waits(stage: Stage) -> None:
    stage.seconds = LONG
    stage.stopped = Finding(Fault.ENDED)
    assert await heard_of(["amy"], EVENT, 0, NOBODY, stage.around) == ["amy"]
