"""The events of the course: what is known of each, from what was said while checks were played."""

import asyncio
import re

import pytest

from grader.checking.check import Check
from grader.checking.scene import Scene
from grader.course.course import find_course
from grader.dev import events
from grader.dev.events import Event, Line, NotPassedError, Played
from grader.history.conversation import Entry, Kind
from tests import tiny_course
from tests.support import ROOT


async def greets(_: Scene) -> None:
    """who says hello is answered"""


async def parts(_: Scene) -> None:
    """who goes is told of"""


GREETS, PARTS = Check(greets, 1, "Look."), Check(parts, 1, "Look.")


def sent(client: str, event: str, *args: object) -> Entry:
    return Entry(0.0, Kind.SENT, client, event, args)


def heard(client: str, event: str, *args: object) -> Entry:
    return Entry(0.0, Kind.HEARD, client, event, args)


def played(step: int, check: Check, *entries: Entry, judged: str = "", own: bool = True) -> Played:
    return Played(step, check, own, entries, frozenset([judged] if judged else ()))


def only(*every: Played) -> Event:
    (event,) = events.table(every)
    return event


def test_who_sends_an_event_is_seen() -> None:
    asked, told = (sent("amy", "hello"), heard("amy", "hello")), (heard("amy", "news"),)
    (hello, news) = events.table([played(1, GREETS, *asked, *told)])
    assert (hello.name, hello.sent, hello.heard) == ("hello", True, True)
    assert (news.name, news.sent, news.heard) == ("news", False, True)
    event = only(played(1, GREETS, sent("amy", "register")))
    assert (event.sent, event.heard) == (True, False)


def test_an_event_is_of_the_steps_whose_server_sends_it() -> None:
    asks = sent("amy", "list")
    event = only(
        played(1, GREETS, asks),
        played(2, GREETS, asks, heard("amy", "list", [])),
        played(4, GREETS, asks, heard("amy", "list", [])),
    )
    assert event.steps == (2, 4)


def test_what_no_server_sends_is_of_the_steps_whose_clients_send_it() -> None:
    event = only(played(3, GREETS, sent("amy", "register")), played(4, PARTS))
    assert event.steps == (3,)
    assert [one.check for one in event.holders] == [GREETS]


def test_who_judges_an_event_holds_it_where_it_is_a_checks_own() -> None:
    came = heard("amy", "hello", 1)
    first = played(1, GREETS, came)
    second = played(1, PARTS, came, judged="hello")
    again = played(2, PARTS, came, judged="hello", own=False)
    silent = played(2, GREETS, judged="hello")  # it must not come, and does not
    event = only(first, second, again, silent)
    assert event.holders == (second, silent)
    assert event.source == second


def test_where_nothing_judges_an_event_it_is_shown_all_the_same() -> None:
    first = played(1, GREETS, heard("amy", "hello", 1))
    event = only(first, played(2, GREETS, heard("amy", "hello", 2)))
    assert (event.holders, event.source) == ((), first)


def test_events_come_in_the_order_of_the_steps() -> None:
    later = played(2, PARTS, heard("amy", "old"), heard("amy", "new"))
    earlier = played(1, GREETS, heard("amy", "old"))
    assert [event.name for event in events.table([earlier, later])] == ["old", "new"]


def test_an_example_is_the_last_time_with_what_led_to_it_and_all_who_heard() -> None:
    event = only(
        played(
            1,
            GREETS,
            sent("amy", "hello", "one"),
            heard("amy", "hello", "one"),
            sent("bob", "hello", "two"),
            heard("bob", "hello", "two"),
            heard("amy", "hello", "two"),
            Entry(0.0, Kind.LEFT, "amy", "leaves"),
        )
    )
    assert event.example == (
        Line("bob", "server", "hello", '"two"'),
        Line("server", "bob", "hello", '"two"'),
        Line("server", "amy", "hello", '"two"'),
    )


@pytest.mark.parametrize(
    ("cause", "line"),
    [
        (Entry(0.0, Kind.LEFT, "bob", "leaves"), Line("bob", "", "leaves", "")),
        (Entry(0.0, Kind.CONNECTED, "bob", "websocket"), Line("bob", "", "connects", "")),
    ],
)
def test_an_example_may_begin_with_a_coming_or_going(cause: Entry, line: Line) -> None:
    event = only(played(1, GREETS, cause, heard("amy", "count", 1)))
    assert event.example == (line, Line("server", "amy", "count", "1"))


def test_an_example_may_have_no_cause_and_no_payload() -> None:
    assert only(played(1, GREETS, heard("amy", "tick"))).example == (
        Line("server", "amy", "tick", ""),
    )


def test_the_events_of_this_course_are_those_of_its_steps() -> None:
    """What COURSE.md promises of steps 4 to 7; whatever comes after may add to it."""
    rows = {
        event.name: event for event in events.table(asyncio.run(events.play(find_course(ROOT))))
    }
    assert list(rows)[:7] == [
        "new user",
        "new message",
        "get online users",
        "user has left",
        "new channel",
        "get channels",
        "user changed channel",
    ]
    assert [rows[name].steps[0] for name in list(rows)[:7]] == [4, 5, 6, 6, 7, 7, 7]
    assert not rows["user has left"].sent
    assert all(event.heard and event.holders for event in list(rows.values())[:7])
    ids = [one.check.id for one in rows["get online users"].holders]
    assert "only-the-asker-gets-the-list" in ids
    assert "the-sender-hears-its-message" not in ids
    _, answer = rows["get online users"].example
    assert re.fullmatch(r'\{"amy": "[\w-]{20}"\}', answer.payload)


async def test_a_solution_that_does_not_pass_is_named(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    course = tiny_course.make(tmp_path_factory.mktemp("broken"))
    chat = course.steps[0].solution / "chat.py"
    text = chat.read_text(encoding="utf-8")
    chat.write_text(text.replace('emit("new user"', 'emit("newuser"'), encoding="utf-8")
    with pytest.raises(NotPassedError, match=r"^the solution of step 4: .*: "):
        await events.play(course)
