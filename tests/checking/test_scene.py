"""A check's turns are judged together, and once more at its end."""

from typing import Any

import pytest

from grader.checking.quiet import BARRIERS
from grader.checking.scene import Scene
from grader.history.conversation import Conversation, Kind
from grader.history.findings import CheckFailed, Fault, Finding
from tests.checking.stage import StandIn, surplus


class Check:
    """A check of several turns, judged once more at its end as every check is."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self.scene = Scene("http://127.0.0.1:9", self.conversation, 0.0)
        self.amy, self.terry = StandIn("amy"), StandIn("terry")
        self.scene.clients += (self.amy, self.terry)
        self.sinces: list[int] = []

    async def turn(self, client: StandIn, event: str, *values: Any) -> None:
        """A turn in which a client hears an event with each of these values."""
        async with self.scene.turn() as turn:
            self.sinces.append(turn.since)
            turn.hears(client, event, *values)
            for value in values:
                self.hears(client, event, value)

    def hears(self, client: StandIn, event: str, *args: Any) -> None:
        self.conversation.record(Kind.HEARD, client.name, event, args)

    async def end(self) -> CheckFailed | None:
        """What fails the check at its end."""
        try:
            await self.scene.settle()
        except CheckFailed as failure:
            return failure
        return None


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.setattr("grader.checking.quiet.GRACE", 0)
    return Check()


async def test_a_check_whose_turns_stay_right_passes(check: Check) -> None:
    await check.turn(check.amy, "new user", "a")
    await check.turn(check.amy, "new user", "b", "c")
    await check.turn(check.terry, "new user", "d")
    assert await check.end() is None


async def test_a_check_knows_the_events_that_it_has_judged(check: Check) -> None:
    async with check.scene.turn() as turn:
        turn.hears_some(check.amy, "user has left")
        turn.hears_nothing(check.amy, "new user", because="nobody came")
        check.hears(check.amy, "user has left")
    await check.turn(check.terry, "new message", "a")
    assert check.scene.judged == {"new user", "new message"}


async def test_what_comes_after_its_turn_still_counts_against_it(check: Check) -> None:
    await check.turn(check.amy, "new user", "a")
    await check.turn(check.terry, "new user", "a")
    check.hears(check.amy, "new user", "a")
    failure = await check.end()
    assert failure
    assert failure.findings == (surplus("a", 2),)
    assert failure.since == check.sinces[0]


async def test_a_later_turn_about_the_same_pair_ends_the_window(check: Check) -> None:
    await check.turn(check.amy, "new user", "a")
    await check.turn(check.amy, "new user", "b")
    check.hears(check.amy, "new user", "a")
    failure = await check.end()
    assert failure
    assert failure.since == check.sinces[1]
    assert failure.findings == (surplus("a", 2),)


async def test_what_comes_between_two_turns_counts_against_the_first(check: Check) -> None:
    await check.turn(check.amy, "new user", "a")
    check.hears(check.amy, "new user", "a")
    await check.turn(check.amy, "new user", "b")
    failure = await check.end()
    assert failure
    assert failure.since == check.sinces[0]
    assert failure.findings == (surplus("a", 1),)


async def test_a_turn_about_another_event_does_not_end_the_window(check: Check) -> None:
    await check.turn(check.amy, "new user", "a")
    await check.turn(check.amy, "new message", "m")
    check.hears(check.amy, "new user", "a")
    failure = await check.end()
    assert failure
    assert failure.since == check.sinces[0]


async def test_what_prepares_a_check_belongs_to_no_turn(check: Check) -> None:
    await check.turn(check.amy, "new user", "a")
    since = await check.scene.unjudged("new user")
    assert since == len(check.conversation.entries)
    check.hears(check.amy, "new user", "a")
    assert await check.end() is None


async def test_what_comes_of_another_event_meanwhile_is_judged(check: Check) -> None:
    await check.turn(check.amy, "new user", "a")
    await check.scene.unjudged("new message")
    check.hears(check.amy, "new user", "a")
    failure = await check.end()
    assert failure
    assert failure.findings == (surplus("a", 1),)


async def test_a_check_waits_until_it_holds_or_nothing_more_can_come(check: Check) -> None:
    assert await check.scene.until(lambda: True)
    assert not await check.scene.until(lambda: False)
    check.conversation.record(Kind.LOST, "amy", "transport close")
    assert not await check.scene.until(lambda: False, 1000.0)


async def test_what_a_check_finds_itself_is_told_with_what_broke_it(check: Check) -> None:
    mine = Finding(Fault.MISSING, "terry", "new user")
    assert check.scene.failed([mine], 3).findings == (mine,)
    check.conversation.record(Kind.LOST, "amy", "transport close")
    failure = check.scene.failed([mine], 3)
    assert [one.fault for one in failure.findings] == [Fault.MISSING, Fault.LOST]
    assert failure.since == 3


async def test_of_two_turns_that_are_wrong_the_later_is_told(check: Check) -> None:
    await check.turn(check.amy, "new user", "a")
    await check.turn(check.terry, "new user", "a")
    check.hears(check.amy, "new user", "a")
    check.hears(check.terry, "new user", "a")
    failure = await check.end()
    assert failure
    assert failure.since == check.sinces[1]


async def test_a_connection_that_breaks_after_the_last_turn_fails_it(check: Check) -> None:
    await check.turn(check.amy, "new user", "a")
    await check.turn(check.terry, "new user", "a")
    check.conversation.record(Kind.LOST, "amy", "transport close")
    failure = await check.end()
    assert failure
    assert failure.since == check.sinces[1]
    assert failure.findings == (Finding(Fault.LOST, "amy", entry=2, text="transport close"),)


async def test_a_server_that_answers_no_last_barrier_fails_the_check(check: Check) -> None:
    check.terry.answered = lambda: False
    failure = await check.end()
    assert failure
    assert failure.since == 0
    assert failure.findings == (Finding(Fault.SILENT, "terry"),)


async def test_at_the_end_everybody_passes_two_barriers(check: Check) -> None:
    await check.end()
    assert len(check.amy.barriers) == len(check.terry.barriers) == BARRIERS
