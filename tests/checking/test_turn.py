"""Expectations are judged over a history: what is missing, different, or too much."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from grader.browser.sights import Sight, hidden, visible
from grader.checking.quiet import Surroundings
from grader.checking.turn import Turn
from grader.history.conversation import Kind
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import Patience
from grader.makechat.places import CHAT, NAME_FORM
from tests.checking.stage import Stage, surplus

LONG = 60.0  # seconds that nobody waits: what is awaited comes at once


async def found(turn: Turn, act: Callable[[Turn], None]) -> tuple[Finding, ...]:
    """The findings for which a turn fails in which this is done; () where it does not fail."""
    try:
        async with turn:
            act(turn)
    except CheckFailed as failure:
        assert failure.since == turn.since
        return failure.findings
    return ()


async def findings(
    stage: Stage, expect: Callable[[Turn], None], *heard: Any, client: str = "amy"
) -> tuple[Finding, ...]:
    """The findings where amy hears `new user` with each of these, one after another."""

    def act(turn: Turn) -> None:
        expect(turn)
        for value in heard:
            stage.conversation.record(Kind.HEARD, client, "new user", (value,))

    return await found(stage.turn(), act)


def different(expected: Any, got: Any, entry: int, client: str = "amy") -> Finding:
    return Finding(Fault.DIFFERENT, client, "new user", (expected,), (got,), entry)


def missing(expected: Any, client: str = "amy") -> Finding:
    return Finding(Fault.MISSING, client, "new user", (expected,))


async def test_a_turn_in_which_all_comes_passes(stage: Stage) -> None:
    assert not await findings(stage, lambda turn: turn.hears(stage.amy, "new user", "a"), "a")


async def test_a_turn_that_expects_nothing_passes(stage: Stage) -> None:
    assert not await findings(stage, lambda _: None, "whatever")


async def test_what_comes_only_after_a_while_passes(stage: Stage) -> None:
    stage.seconds = LONG
    async with stage.turn() as turn:
        turn.hears(stage.amy, "new user", "a")
        asyncio.get_running_loop().call_soon(stage.hears, stage.amy, "new user", "a")


async def test_what_does_not_come_is_missing(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears((stage.amy, stage.terry), "new user", "a", "b")

    assert await findings(stage, expect, "a") == (
        missing("b"),
        missing("a", "terry"),
        missing("b", "terry"),
    )


async def test_of_two_that_are_the_same_the_second_is_missing_too(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a", "a")

    assert await findings(stage, expect, "a") == (missing("a"),)


async def test_two_that_are_the_same_come_twice(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a", "a")

    assert await findings(stage, expect, "a", "a") == ()
    assert await findings(stage, expect, "a", "a", "a") == (surplus("a", 4),)


async def test_what_comes_with_another_payload_is_different(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", True)

    assert await findings(stage, expect, 1) == (different(True, 1, 0),)


async def test_a_payload_of_several_arguments_or_none_is_different(stage: Stage) -> None:
    for args in ((), ("a", "b")):
        turn = stage.turn()

        def act(turn: Turn, args: tuple[str, ...] = args) -> None:
            turn.hears(stage.amy, "new user", "a")
            stage.hears(stage.amy, "new user", *args)

        (finding,) = await found(turn, act)
        assert finding == Finding(Fault.DIFFERENT, "amy", "new user", ("a",), args, turn.since)


async def test_what_comes_again_is_too_much(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a", because="once is enough")

    assert await findings(stage, expect, "a", "a") == (surplus("a", 1, "once is enough"),)


async def test_what_comes_in_its_place_does_not_come_too_often(stage: Stage) -> None:
    turn = stage.turn()

    def act(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a", because="once is enough")
        stage.hears(stage.amy, "new user", "b")

    (finding,) = await found(turn, act)
    assert finding == Finding(Fault.DIFFERENT, "amy", "new user", ("a",), ("b",), turn.since)


async def test_what_comes_again_is_too_much_though_more_is_awaited(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a", "b")

    assert await findings(stage, expect, "a", "a") == (surplus("a", 1),)


async def test_what_should_not_come_is_too_much(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears_nothing(stage.amy, "new user", because="amy did not ask")

    assert await findings(stage, expect) == ()
    assert await findings(stage, expect, "a") == (surplus("a", 0, "amy did not ask"),)


async def test_what_came_before_the_turn_does_not_count(stage: Stage) -> None:
    stage.hears(stage.amy, "new user", "a")
    assert await findings(stage, lambda turn: turn.hears(stage.amy, "new user", "a")) == (
        missing("a"),
    )


@pytest.mark.parametrize("longest", [LONG, 0.0])
async def test_a_turn_is_waited_for_while_more_comes_but_not_without_end(
    stage: Stage, longest: float
) -> None:
    values = list("abcdefgh")
    late = iter(values)

    def hear() -> None:
        for value in islice(late, 1):
            stage.hears(stage.amy, "new user", value)

    def patience(special: float | None) -> Patience:
        """Each wait for what should come brings one more."""
        if special is not None:
            return Patience(longest)
        asyncio.get_running_loop().call_soon(hear)
        return Patience(0.0)

    stage.around = replace(stage.around, patience=patience)
    wrong = await found(stage.turn(), lambda turn: turn.hears(stage.amy, "new user", *values))
    assert {finding.fault for finding in wrong} == (set() if longest else {Fault.MISSING})


async def test_other_clients_and_events_do_not_count(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a")
        stage.hears(stage.amy, "new message", "a")

    assert await findings(stage, expect, "a", client="terry") == (missing("a"),)


async def test_what_comes_too_early_is_different_from_what_should_come(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a", "b", "c")

    assert await findings(stage, expect, "a", "c", "b") == (different("b", "c", 1),)


LANES = ("a1", "b1", "a2", "b2")


@pytest.mark.parametrize("order", [LANES, ("a1", "a2", "b1", "b2"), ("b1", "b2", "a1", "a2")])
async def test_lanes_may_come_in_any_order(stage: Stage, order: tuple[str, ...]) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", *LANES, lane=lambda value: value[0])

    assert await findings(stage, expect, *order) == ()


async def test_within_a_lane_the_order_counts(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", *LANES, lane=lambda value: value[0])

    assert await findings(stage, expect, "b2", "a1") == (different("b1", "b2", 0),)


async def test_what_is_in_no_lane_stands_for_the_first_that_is_awaited(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", *LANES, lane=lambda value: value[0])

    assert await findings(stage, expect, "a1", "x") == (different("a2", "x", 1),)


async def test_of_one_client_only_the_first_that_is_wrong_is_told(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears((stage.amy, stage.terry), "new user", "a")
        stage.hears(stage.terry, "new user", "z")

    assert await findings(stage, expect, "x", "y") == (
        different("a", "x", 1),
        different("a", "z", 0, "terry"),
    )


async def test_where_something_wrong_came_nothing_else_is_called_missing(stage: Stage) -> None:
    stage.seconds = LONG

    def expect(turn: Turn) -> None:
        turn.hears((stage.amy, stage.terry), "new user", "a")

    assert await findings(stage, expect, "x") == (different("a", "x", 0),)


async def test_what_may_come_need_not(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.may_hear(stage.amy, "new user", "a")

    assert await findings(stage, expect) == ()
    assert await findings(stage, expect, "a", "a") == ()
    assert await findings(stage, expect, "a", "b") == (different("a", "b", 3),)


async def test_what_should_come_somehow_comes_at_least_once(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.hears_some((stage.amy, stage.terry), "new user")
        stage.hears(stage.terry, "new user")

    assert await findings(stage, expect, "a", {"b": 1}) == ()
    assert await findings(stage, expect) == (Finding(Fault.MISSING, "amy", "new user"),)


async def test_what_should_be_printed_is_found_in_a_line(stage: Stage) -> None:
    async with stage.turn() as turn:
        turn.prints("amy has joined the chat")
        stage.output.feed(b"> amy has joined the chat!\n")


async def test_what_is_printed_only_after_a_while_is_awaited(stage: Stage) -> None:
    stage.seconds = LONG
    async with stage.turn() as turn:
        turn.prints("amy has joined the chat")
        asyncio.get_running_loop().call_soon(stage.output.feed, b"amy has joined the chat\n")


async def test_what_is_not_printed_is_told_before_what_did_not_come(stage: Stage) -> None:
    stage.output.feed(b"amy has joined the chat\n")  # before the turn

    def expect(turn: Turn) -> None:
        turn.prints("amy has joined the chat")
        turn.hears(stage.amy, "new user", "a")

    assert await findings(stage, expect) == (
        Finding(Fault.UNPRINTED, text="amy has joined the chat"),
        missing("a"),
    )


async def test_where_nothing_printed_can_be_seen_nothing_is_awaited(stage: Stage) -> None:
    around = Surroundings(stage.conversation, [], None, stage.around.patience, stage.around.broken)

    async def before() -> None:
        pass

    async with Turn(around, before) as turn:
        turn.prints("amy has joined the chat")


async def test_a_server_that_stops_ends_the_wait_and_is_told_last(stage: Stage) -> None:
    stage.seconds = LONG
    stage.stopped = Finding(Fault.ENDED, text="ended with exit code 1")

    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a")

    assert await findings(stage, expect) == (missing("a"), stage.stopped)


async def test_a_server_that_stops_when_all_has_come_fails_the_turn(stage: Stage) -> None:
    stage.stopped = Finding(Fault.ENDED, text="ended with exit code 1")

    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a")

    assert await findings(stage, expect, "a") == (stage.stopped,)


async def test_a_server_that_answers_no_barrier_is_silent(stage: Stage) -> None:
    stage.amy.answered = lambda: False

    def expect(turn: Turn) -> None:
        turn.hears(stage.terry, "new user", "a")

    assert await findings(stage, expect) == (
        missing("a", "terry"),
        Finding(Fault.SILENT, "amy"),
    )


async def test_what_comes_wrong_and_late_is_told_beside_what_did_not_come(stage: Stage) -> None:
    def answered() -> bool:
        stage.hears(stage.amy, "new user", "x")
        return True

    stage.terry.answered = answered

    def expect(turn: Turn) -> None:
        turn.hears(stage.amy, "new user", "a")

    assert await findings(stage, expect) == (different("a", "x", 0), missing("a"))


async def test_an_error_in_a_turn_is_not_taken_for_a_failed_one(stage: Stage) -> None:
    with pytest.raises(ZeroDivisionError):
        async with stage.turn() as turn:
            turn.hears(stage.amy, "new user", "a")
            raise ZeroDivisionError


async def test_a_turn_begins_when_what_was_under_way_is_over(stage: Stage) -> None:
    turn = stage.turn()
    stage.hears(stage.amy, "new user", "late")
    assert (turn.since, stage.begun) == (-1, 0)
    async with turn:
        assert (turn.since, stage.begun) == (1, 1)


async def test_a_turn_is_about_the_pairs_that_it_names(stage: Stage) -> None:
    async with stage.turn() as turn:
        turn.hears_nothing((stage.amy, stage.terry), "new user", because="nobody joins")
        turn.may_hear(stage.amy, "user has left", {})
        assert turn.pairs == {
            ("amy", "new user"),
            ("terry", "new user"),
            ("amy", "user has left"),
        }


def test_a_failed_check_says_what_failed_it() -> None:
    failure = CheckFailed([missing("a"), surplus("b", 3)])
    assert str(failure) == "missing amy new user, surplus amy new user"


@pytest.mark.parametrize(
    ("printed", "fault"),
    [
        (0, Fault.UNPRINTED),
        (1, Fault.MISCOUNTED),
        (2, None),
        (3, Fault.MISCOUNTED),
    ],
)
async def test_lines_are_counted(stage: Stage, printed: int, fault: Fault | None) -> None:
    def act(turn: Turn) -> None:
        turn.prints("hello", 2)
        stage.output.feed(b"hello there\n" * printed)

    got = await found(stage.turn(), act)
    assert [finding.fault for finding in got] == ([fault] if fault else [])
    if fault is Fault.MISCOUNTED:
        assert (got[0].expected, got[0].got, got[0].text) == ((2,), (printed,), "hello")


async def test_a_line_too_many_is_found_when_it_comes_later(stage: Stage) -> None:
    turn = stage.turn()
    async with turn:
        turn.prints("hello", 1)
        stage.output.feed(b"hello\n")
    assert turn.wrongs() == []
    stage.output.feed(b"hello again\n")
    assert [finding.fault for finding in turn.wrongs()] == [Fault.MISCOUNTED]


async def test_more_keys_are_right_where_the_contract_leaves_them_open(stage: Stage) -> None:
    expected, got = {"messages": [{"sender": "amy"}]}, {"messages": [{"sender": "amy", "at": 1}]}
    open_to_more = await findings(
        stage, lambda turn: turn.hears(stage.amy, "new user", expected, more_keys=True), got
    )
    assert open_to_more == ()
    strict = await findings(stage, lambda turn: turn.hears(stage.amy, "new user", expected), got)
    assert [finding.fault for finding in strict] == [Fault.DIFFERENT]


async def test_values_are_compared_in_the_form_that_is_given(stage: Stage) -> None:
    in_any_order = sorted
    free = await findings(
        stage, lambda turn: turn.hears(stage.amy, "new user", [2, 1], form=in_any_order), [1, 2]
    )
    assert free == ()
    strict = await findings(stage, lambda turn: turn.hears(stage.amy, "new user", [2, 1]), [1, 2])
    assert [finding.fault for finding in strict] == [Fault.DIFFERENT]


async def test_of_an_event_that_may_come_some_payloads_may_not(stage: Stage) -> None:
    def never(turn: Turn) -> None:
        turn.never_hears(stage.amy, "new user", ("terry",), because="terry is here already")

    assert await findings(stage, never, "bob") == ()
    (found,) = await findings(stage, never, "terry")
    assert (found.fault, found.got, found.text) == (
        Fault.SURPLUS,
        ("terry",),
        "terry is here already",
    )


async def test_what_may_come_is_compared_in_that_form_too(stage: Stage) -> None:
    free = await findings(
        stage, lambda turn: turn.may_hear(stage.amy, "new user", [2, 1], form=sorted), [1, 2]
    )
    assert free == ()
    other = await findings(
        stage, lambda turn: turn.may_hear(stage.amy, "new user", [2, 1], form=sorted), [1, 3]
    )
    assert [finding.fault for finding in other] == [Fault.DIFFERENT]


async def test_of_what_many_do_at_a_time_only_the_last_value_has_to_be_right(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.comes_to(stage.amy, "new user", 3, among=(1, 2, 3))

    assert not await findings(stage, expect, 1, 2, 2, 3)
    assert not await findings(stage, expect, 3)
    assert await findings(stage, expect) == (missing(3),)


async def test_a_last_value_that_is_another_one_is_different(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        turn.comes_to(stage.amy, "new user", 3, among=(1, 2, 3))

    assert await findings(stage, expect, 3, 2) == (different(3, 2, 1),)


async def test_a_value_that_is_not_among_them_is_wrong_at_once(stage: Stage) -> None:
    stage.seconds = LONG

    def expect(turn: Turn) -> None:
        turn.comes_to(stage.amy, "new user", 3, among=(1, 2, 3))

    assert await findings(stage, expect, -1, 3) == (different(3, -1, 0),)


async def test_of_an_object_among_them_only_its_own_keys_count(stage: Stage) -> None:
    def expect(turn: Turn) -> None:
        last = {"by": "amy", "n": 2}
        turn.comes_to(stage.amy, "new user", last, among=[{"by": "amy"}], more_keys=True)

    assert not await findings(stage, expect, {"by": "amy", "n": 1}, {"by": "amy", "n": 2})
    (wrong,) = await findings(stage, expect, {"by": "terry", "n": 2})
    assert wrong.fault is Fault.DIFFERENT


class Watched:
    """A page on which one look after another finds these."""

    def __init__(self, *looks: list[Finding]) -> None:
        self.looks = list(looks)
        self.kept: list[Sight] = []

    async def unseen(self, sights: Sequence[Sight], patience: Patience) -> list[Finding]:
        self.kept = [*sights]
        return self.looks.pop(0)

    async def unkept(self, patience: Patience) -> list[Finding]:
        return []


TWICE = Finding(Fault.UNSEEN, "amy's page", "", text="twice", should='show "amy" once')


async def shown(stage: Stage, *pages: Watched) -> tuple[Finding, ...]:
    return await found(stage.turn(), lambda turn: turn.shows(pages))


async def test_a_page_that_was_right_is_looked_at_again_where_another_one_is_not(
    stage: Stage,
) -> None:
    late = replace(TWICE, client="terry's page")
    assert await shown(stage, Watched([], [late]), Watched([TWICE], [TWICE])) == (late, TWICE)
    assert await shown(stage, Watched([], []), Watched([TWICE], [TWICE])) == (TWICE,)
    assert await shown(stage, Watched([TWICE], [])) == (TWICE,)  # it may not have answered
    assert await shown(stage, Watched([]), Watched([])) == ()


async def test_all_that_a_page_is_to_show_in_a_turn_is_looked_for_at_once(stage: Stage) -> None:
    page = Watched([])
    first, second = visible(CHAT), hidden(NAME_FORM)
    async with stage.turn() as turn:
        turn.shows(page, first)
        turn.shows(page, second)
    assert page.kept == [first, second]
