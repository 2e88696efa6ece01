"""Payloads are compared as JSON, and shown so that different ones never look alike."""

import json
import unicodedata
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.history.values import WIDEST, same, shortened, show, text_of

# What is easily taken for another of them.
ALIKE: tuple[Any, ...] = (
    *(None, "null", True, "true", 0, False, 1, "1", 1.5, "1.5", 10**20, "", [], {}, "[]", "{}"),
    *("a", ["a"], {"a": "a"}, "a, b", ["a", "b"], ["a, b"], ["a", ["b"]], "…", " "),
    *("\xa0", "\x1b", "\\x1b", "\\u001b", "\x9b", "\\x9b", "\u200b", "\ud800", "\\ud800", "\n"),
    *("é", "e\u0301", "\\u0301", ["é", "e\u0301"], {"é": 1}, {"e\u0301": 1}, "Å", "\u212b", "가"),
    *("\u1100\u1161", b"", b"abc", b"abd", "abc", "b'abc'", "(3 bytes)", b"'", b'"'),
)

JSON_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)


def values_of(scalars: st.SearchStrategy[Any], texts: st.SearchStrategy[str]) -> Any:
    """JSON values with these scalars and texts in them."""
    return st.recursive(
        scalars | texts,
        lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
        max_leaves=8,
    )


JSON_VALUES = values_of(JSON_SCALARS, st.text())
PRINTABLE = values_of(JSON_SCALARS, st.text(st.characters(categories=("L", "N", "P", "S"))))
TEXTS = st.text(st.characters())  # unpaired surrogates too
VALUES = values_of(JSON_SCALARS | st.binary() | st.sampled_from(ALIKE), TEXTS)
PAYLOADS = st.lists(VALUES, max_size=3).map(tuple)
SIDS = st.text("abAB-_", min_size=20, max_size=20)


def deep(levels: int, end: Any, *, objects: bool = False) -> Any:
    """A value in so many lists, or objects."""
    for _ in range(levels):
        end = {"in": end} if objects else [end]
    return end


def seen(payload: tuple[Any, ...], beside: tuple[Any, ...]) -> str:
    """What an eye sees: a character and its accent look like the one that has it built in."""
    return unicodedata.normalize("NFC", show(payload, {}, beside))


@given(VALUES)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert same(value, value)


@given(VALUES, VALUES)
def test_sameness_has_no_direction(left: Any, right: Any) -> None:
    assert same(left, right) is same(right, left)


@given(JSON_VALUES)
def test_what_json_carries_arrives_as_the_same(value: Any) -> None:
    assert same(json.loads(json.dumps(value)), value)


@pytest.mark.parametrize(
    ("left", "right"),
    [(True, 1), (False, 0), (None, False), (None, {}), ("", None), ("1", 1), ([], {}), ([1], 1)],
)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: {"key": [0, v]}])
def test_what_python_may_take_for_equal_is_not_the_same(left: Any, right: Any, wrap: Any) -> None:
    assert not same(wrap(left), wrap(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.0),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([1, [2]], (1, (2,))),
        (b"\x00", b"\x00"),
    ],
)
def test_what_json_does_not_tell_apart_is_the_same(left: Any, right: Any) -> None:
    assert same(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ({"a": 1}, {"a": 1, "b": 1}),
        ({"a": 1}, {"b": 1}),
        ("e\u0301", "é"),
        (b"a", "a"),
    ],
)
def test_what_differs_anywhere_is_not_the_same(left: Any, right: Any) -> None:
    assert not same(left, right)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({}, {"a": 1}),
        ({"a": 1}, {"b": 2, "a": 1}),
        ([{"a": {"b": None}}], [{"a": {"b": None, "c": 3}, "d": 4}]),
    ],
)
def test_objects_may_be_allowed_more_keys(less: Any, more: Any) -> None:
    assert same(less, more, more_keys=True)
    assert not same(less, more)
    assert not same(more, less, more_keys=True)


def test_more_keys_are_all_that_is_allowed() -> None:
    assert not same({"a": 1}, {"a": 2, "b": 1}, more_keys=True)
    assert not same([1], [1, 2], more_keys=True)


@pytest.mark.parametrize("objects", [False, True])
def test_values_nested_however_deeply_are_compared(objects: bool) -> None:
    value = deep(50_000, 1, objects=objects)
    assert same(value, deep(50_000, 1, objects=objects))
    assert not same(value, deep(50_000, 2, objects=objects))


def test_what_is_easily_mixed_up_does_not_look_alike() -> None:
    for left, right in combinations(ALIKE, 2):
        assert not same(left, right)
        assert seen((left,), (right,)) != seen((right,), (left,))


@given(PAYLOADS, PAYLOADS)
def test_two_different_payloads_never_look_alike(
    left: tuple[Any, ...], right: tuple[Any, ...]
) -> None:
    assume(not same(left, right))
    assert seen(left, right) != seen(right, left)


@given(
    st.text(min_size=1, max_size=5),
    st.integers(0, 300),
    st.floats(0, 1),
    st.lists(TEXTS, min_size=2, max_size=2, unique=True),
)
def test_long_payloads_never_look_alike_wherever_they_differ(
    words: str, times: int, where: float, differing: list[str]
) -> None:
    text = words * times
    place = int(where * len(text))
    left, right = ((text[:place] + one + text[place:],) for one in differing)
    assume(left != right)
    assert seen(left, right) != seen(right, left)


@given(st.lists(SIDS, min_size=2, max_size=5, unique=True), st.data())
def test_lists_of_users_never_look_alike_with_their_ids_shortened(
    sids: list[str], data: st.DataObject
) -> None:
    lists = st.dictionaries(st.sampled_from(("amy", "terry", "bob")), st.sampled_from(sids))
    left, right = data.draw(lists), data.draw(lists)
    assume(left != right)
    names = shortened(sids[1:])  # one is of a socket that never was
    assert show((left,), names, (right,)) != show((right,), names, (left,))


@given(PAYLOADS, PAYLOADS)
def test_no_control_character_comes_out(left: tuple[Any, ...], right: tuple[Any, ...]) -> None:
    assert show(left, {}, right).isprintable()


@given(PRINTABLE)
def test_a_value_is_shown_as_json(value: Any) -> None:
    assert same(json.loads(text_of(value)), value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Zoë, 李小龙 and 👋", '"Zoë, 李小龙 and 👋"'),
        ({"amy": None, "on": True}, '{"amy": null, "on": true}'),
        ([1, 2.5, ("a",)], '[1, 2.5, ["a"]]'),
        ({}, "{}"),
        ([], "[]"),
        ("\x1b[2J\r\n", r'"\u001b[2J\r\n"'),
        ("\x7f\x9b\u202e\ud800", r'"\x7f\x9b\u202e\ud800"'),
        ("\\x7f", r'"\\x7f"'),
        (b"\x00abc", r"b'\x00abc'"),
        ({"file": [b"'"]}, '{"file": [b"\'"]}'),
    ],
)
def test_the_text_of_a_value(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_a_text_that_is_not_composed_shows_its_accents_apart() -> None:
    assert text_of("émile") == '"émile"'
    assert text_of(["e\u0301mile", "Zoë"]) == r'["e\u0301mile", "Zoë"]'
    assert text_of({"e\u0301mile": 1}) == r'{"e\u0301mile": 1}'


def test_the_text_of_what_is_nested_deeply_shows_its_inside() -> None:
    assert text_of(deep(5_000, "amy")) == "[" * 5_000 + '"amy"' + "]" * 5_000
    assert "(10,005 characters)" in show((deep(5_000, "amy"),), {})


def test_no_payload_is_shown_as_nothing() -> None:
    assert show((), {}) == ""


def test_several_arguments_are_shown_side_by_side() -> None:
    assert show(("amy", [1]), {}) == '"amy", [1]'


def test_a_payload_of_the_widest_is_shown_whole() -> None:
    text = "x" * (WIDEST - 2)
    assert show((text,), {}) == f'"{text}"'


def test_a_longer_one_is_cut_and_says_how_long_it_is() -> None:
    text = "x" * (WIDEST - 1)
    assert show((text,), {}) == '"' + "x" * 119 + " … (161 characters)"


def test_a_long_one_is_cut_where_it_differs() -> None:
    left, right = "x" * 1_000 + "left", "x" * 1_000 + "right"
    assert show((left,), {}, (right,)) == (
        "(from character 961) … " + "x" * 40 + 'left" (1,006 characters)'
    )
    assert show((right,), {}, (left,)) == (
        "(from character 961) … " + "x" * 40 + 'right" (1,007 characters)'
    )


def test_a_long_one_that_only_goes_on_is_cut_where_the_other_ends() -> None:
    text = "x" * 200
    assert show((text, 1), {}, (text,)) == (
        "(from character 162) … " + "x" * 39 + '", 1 (205 characters)'
    )


def test_socket_ids_are_shown_by_their_beginning() -> None:
    names = shortened(["k3JxAAAAAAAAAAAAAAAA"])
    assert show(({"amy": "k3JxAAAAAAAAAAAAAAAA"},), names) == '{"amy": "k3Jx…"}'


@given(st.lists(st.text("ab", max_size=12), unique=True))
def test_shortened_ids_are_as_different_as_the_ids(ids: list[str]) -> None:
    short = shortened(ids)
    assert list(short) == ids
    assert len(set(short.values())) == len(ids)


@given(st.lists(st.text("ab", max_size=12), unique=True))
def test_a_shortened_id_is_the_whole_or_a_beginning_of_no_other(ids: list[str]) -> None:
    for one, short in shortened(ids).items():
        if short != one:
            assert short.endswith("…")
            assert len(short) >= 5
            assert [other for other in ids if other.startswith(short[:-1])] == [one]


def test_an_id_is_shortened_to_four_characters_or_as_many_as_it_takes() -> None:
    assert shortened(["abcdefgh", "abcdXYZ0", "12345"]) == {
        "abcdefgh": "abcde…",
        "abcdXYZ0": "abcdX…",
        "12345": "1234…",
    }


def test_a_short_id_stays_whole() -> None:
    assert shortened(["abcd", ""]) == {"abcd": "abcd", "": ""}
