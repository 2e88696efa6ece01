"""Values cross unchanged, type for type; what is no value is refused, wherever it comes from."""

import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.notebook.crossing import DEEPEST, LARGEST, LARGEST_INT, CrossingError, decode, encode

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
)
hashable = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=4)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(hashable, inner, max_size=4)
    ),
    max_leaves=12,
)


class Text(str):
    __slots__ = ()


@given(values)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    back = decode(encode(value))
    assert back == value
    assert encode(back) == encode(value)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, -0.0, "\ud800", "🦊", 2**LARGEST_INT - 1]
)
def test_what_is_unusual_crosses_too(value: Any) -> None:
    assert repr(decode(encode(value))) == repr(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [(True, 1), (0, False), (1, 1.0), (0.0, -0.0), ((1,), [1]), (b"a", "a"), ({1: 2}, [[1, 2]])],
)
def test_values_of_different_types_are_different(one: Any, other: Any) -> None:
    assert encode(one) != encode(other)


def test_the_order_of_a_dict_makes_no_difference() -> None:
    assert encode({"a": 1, 2: b"b"}) == encode({2: b"b", "a": 1})


def recursive() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({1}, "a value of type set"),
        (bytearray(b"a"), "a value of type bytearray"),
        (Text("a"), "a value of type Text"),
        ([object()], "a value of type object"),
        (recursive(), f"a value of more than {DEEPEST} levels"),
        (b"a" * LARGEST, f"a value of more than {LARGEST:,} characters"),
        ("a" * (LARGEST + 1), f"a value of more than {LARGEST:,} characters"),
        ([None] * LARGEST, f"a value of more than {LARGEST:,} characters"),
        (2**LARGEST_INT, f"an int of more than {LARGEST_INT:,} bits"),
    ],
    ids=lambda value: "" if isinstance(value, str) else type(value).__name__,
)
def test_what_does_not_cross_is_refused(value: Any, why: str) -> None:
    with pytest.raises(CrossingError) as caught:
        encode(value)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        '{"set": [1]}',
        '{"bytes": "xy"}',
        '{"bytes": 1}',
        '{"tuple": 5}',
        '{"dict": [[1]]}',
        '{"dict": [[{"dict": []}, 1]]}',
        '{"bytes": "00", "tuple": []}',
        "{}",
        "[" * 100_000,
        "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
        "1" * 10_000,
    ],
    ids=lambda text: text[:20],
)
def test_a_text_that_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(CrossingError, match="what came back is no value"):
        decode(text)


@given(st.text() | values.map(lambda value: json.dumps(value, default=repr, skipkeys=True)))
def test_whatever_the_text_only_one_error_is_raised(text: str) -> None:
    with contextlib.suppress(CrossingError):
        decode(text)
