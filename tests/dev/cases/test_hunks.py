"""Search and replace by whole lines: what is found once is replaced, all else is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.dev.cases.hunks import (
    Hunk,
    HunkError,
    NoFinalNewlineError,
    apply,
    difference,
    overlapping,
)

LINES = st.lists(st.sampled_from(["", "a", "b", "    c", "-d", "+", " ", "@@", "\r", "\x0c"]))


def text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@given(LINES.filter(bool), LINES)
def test_the_difference_makes_the_new_text_of_the_old(old: list[str], new: list[str]) -> None:
    hunks = difference(text(old), text(new))
    assert apply(text(old), hunks) == text(new)
    assert overlapping(text(old), hunks) is None
    assert bool(hunks) is (old != new)


def test_a_line_that_stands_there_once_needs_nothing_around_it() -> None:
    assert difference("a\nb\nc\n", "a\nB\nc\n") == (Hunk(("-b", "+B")),)


def test_of_several_like_it_the_lines_around_tell_which() -> None:
    assert difference("a\nx\nb\nx\n", "a\nx\nb\ny\n") == (Hunk((" b", "-x", "+y")),)
    assert difference("x\na\nx\nb\n", "y\na\nx\nb\n") == (Hunk(("-x", "+y", " a")),)


def test_what_is_added_has_a_line_beside_it() -> None:
    assert difference("a\nb\n", "a\nnew\nb\n") == (Hunk((" a", "+new")),)
    assert difference("a\nb\n", "new\na\nb\n") == (Hunk(("+new", " a")),)


def test_changes_whose_lines_around_overlap_are_one_hunk() -> None:
    old, new = "x\na\nx\nb\nx\n", "y\na\nx\nb\ny\n"
    assert difference(old, new) == (Hunk(("-x", "+y", " a")), Hunk((" b", "-x", "+y")))
    old, new = "x\na\nx\nx\nc\n", "x\nb\nx\ny\nc\n"
    assert difference(old, new) == (Hunk(("-a", "+b", " x", "-x", "+y")),)
    old, new = "x\nx\nx\n", "y\nx\ny\n"
    assert difference(old, new) == (Hunk(("+y", " x", "-x", "-x", "+y")),)


@pytest.mark.parametrize(("source", "times"), [("b\n", 0), ("a\na\n", 2), ("", 0)])
def test_what_is_not_there_once_is_an_error(source: str, times: int) -> None:
    hunk = Hunk(("-a", "+A"))
    with pytest.raises(HunkError) as caught:
        apply(source, [hunk])
    assert (caught.value.hunk, caught.value.times) == (hunk, times)


def test_half_a_line_is_not_found() -> None:
    with pytest.raises(HunkError):
        apply("ab\n", [Hunk(("-a", "+A"))])


def test_hunks_are_searched_in_the_text_as_it_was() -> None:
    assert apply("a\nb\n", [Hunk(("-a", "+b")), Hunk(("-b", "+a"))]) == "b\na\n"


def test_two_hunks_that_search_one_line_overlap() -> None:
    first, second = Hunk(("-a", " b")), Hunk((" b", "+c"))
    assert overlapping("a\nb\n", [second, first]) == second
    assert overlapping("a\nb\n", [Hunk(("-a",)), second]) is None


@pytest.mark.parametrize(("old", "new"), [("a", "b\n"), ("a\n", "b")])
def test_a_text_ends_with_a_newline(old: str, new: str) -> None:
    with pytest.raises(NoFinalNewlineError):
        difference(old, new)
