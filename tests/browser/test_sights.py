"""Sights: what a page should show, judged by what a user sees, in any markup."""

import pytest

from grader.browser.sights import (
    Seen,
    Sight,
    Wrong,
    connected,
    empty,
    hidden,
    live,
    named,
    no_errors,
    script,
    styled,
    visible,
)
from grader.makechat.places import (
    CHANNELS,
    CHAT,
    CHAT_INPUT,
    MESSAGES,
    NAME_INPUT,
    channels,
    current,
    messages,
    users,
)

BOTH = users("amy", "terry")


def shown(*texts: str) -> Seen:
    return Seen(texts=texts)


@pytest.mark.parametrize(
    "texts",
    [
        ("amy", "terry"),
        ("● amy (you), terry",),
        ("Online: 2", "AMY", "Terry"),
        ("amy", "amyra", "terry", "terrymy"),
    ],
)
def test_a_list_may_be_written_in_any_way(texts: tuple[str, ...]) -> None:
    assert BOTH.wrong(shown(*texts)) is None


def wrong(sight: Sight, seen: Seen) -> tuple[str, str]:
    """What should be, and what is instead."""
    found = sight.wrong(seen)
    assert found
    return found.should, found.instead


@pytest.mark.parametrize(
    ("text", "name", "times"),
    [
        ("現在3人がオンラインです", "3", 1),
        ("現在13人がオンラインです", "3", 0),
        ("amyさん：", "amy", 1),
        ("李小龙さん", "李小龙", 1),
        ("李小龙", "李", 0),
        ("bob님", "bob", 1),
        ("Bobby", "bob", 0),
        ("bob3", "bob", 0),
        ("Зоя, Ян", "Ян", 1),
        ("Яна", "Ян", 0),
    ],
)
def test_a_word_ends_where_another_script_begins(text: str, name: str, times: int) -> None:
    assert Seen(texts=[text]).count(name) == times


def test_a_name_that_is_missing() -> None:
    assert wrong(BOTH, shown("amyterry", "amy")) == (
        'show "terry" in the users online',
        'it shows "amyterry", "amy"',
    )
    assert wrong(BOTH, shown()) == ('show "amy" in the users online', "it shows nothing")


def test_a_name_that_is_there_twice() -> None:
    assert wrong(BOTH, shown("amy", "terry", "amy")) == (
        'show "amy" once in the users online',
        'twice: it shows "amy", "terry", "amy"',
    )


def test_a_name_that_should_be_gone() -> None:
    sight = users("amy", without=["terry"])
    assert sight.wrong(shown("amy")) is None
    assert wrong(sight, shown("amy", "terry")) == (
        'not show "terry" in the users online',
        'it shows "amy", "terry"',
    )


def test_a_place_that_is_not_there() -> None:
    assert wrong(BOTH, Seen(there=False)) == ("have the users online", "it has no .users-online")


def test_markup_is_looked_for_as_it_was_typed() -> None:
    assert users("<i>amy</i>").wrong(shown("<i>amy</i>")) is None
    assert users("<i>amy</i>").wrong(shown("amy")) == Wrong(
        'show "<i>amy</i>" in the users online', 'it shows "amy"', "<i>amy</i>"
    )


def test_messages_stand_in_order() -> None:
    sight = messages("one", "two", "three", by=["amy"], in_order=True)
    assert sight.place is MESSAGES
    assert sight.wrong(shown("amy: one", "two", "amy", "three")) is None
    assert wrong(sight, shown("amy", "two", "one", "three")) == (
        'show "one", "two", "three" in the messages, in this order',
        'it shows "amy", "two", "one", "three"',
    )


def test_a_sender_may_be_shown_more_than_once_but_not_never() -> None:
    assert messages("one", by=["amy"]).wrong(shown("amy", "one", "by amy")) is None
    assert wrong(messages("one", by=["amy"]), shown("one"))[0] == 'show "amy" in the messages'


def test_the_current_channel_may_be_marked_in_several_ways_at_once() -> None:
    assert channels("General").place is CHANNELS
    sight = current("General", "cats")
    assert sight.wrong(shown("General", "# General")) is None
    assert wrong(sight, Seen(there=False)) == (
        'show "General" in the channels marked as current',
        "it shows nothing",
    )
    assert wrong(sight, shown("General", "cats"))[0] == (
        'not show "cats" in the channels marked as current'
    )


@pytest.mark.parametrize(
    ("sight", "right", "other", "should", "instead"),
    [
        (visible(CHAT), Seen(), Seen(shown=False), "show the chat", "it is hidden"),
        (hidden(CHAT), Seen(shown=False), Seen(), "hide the chat", "it shows it"),
        (
            empty(CHAT_INPUT),
            Seen(),
            Seen(value="hello"),
            "empty the message input",
            'it still holds "hello"',
        ),
        (
            named(NAME_INPUT),
            Seen(named=True),
            Seen(),
            "name the name input, by a <label> or an aria-label",
            "a screen reader has nothing to call it",
        ),
        (
            live(MESSAGES),
            Seen(live=True),
            Seen(),
            'have role="log" or aria-live on the messages',
            "a screen reader does not say what comes",
        ),
        (
            script("/public/index.js"),
            shown("/a.js", "/public/index.js"),
            shown("/a.js"),
            "load /public/index.js as a script",
            'it loads "/a.js"',
        ),
        (
            styled(),
            shown("a rule"),
            shown(),
            "have a style sheet",
            "not one style rule is there",
        ),
        (
            no_errors(),
            shown(),
            shown("Error: no", "GET /x.js", "Error: no"),
            "load all it needs, and run without an error",
            "2 went wrong",
        ),
        (
            connected(),
            shown("sid 1"),
            shown("sid 1", "sid 2"),
            "connect",
            "it has connected twice",
        ),
        (
            connected(times=2),
            shown("sid 1", "sid 2"),
            shown("sid 1"),
            "connect again",
            "it has connected once",
        ),
    ],
)
def test_a_quality(sight: Sight, right: Seen, other: Seen, should: str, instead: str) -> None:
    assert sight.wrong(right) is None
    assert wrong(sight, other) == (should, instead)


def test_what_is_gone_is_hidden() -> None:
    assert hidden(CHAT).wrong(Seen(there=False, shown=False)) is None
