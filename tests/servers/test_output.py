"""What a server prints is taken as lines, in whatever pieces it comes, and is bounded."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.servers import output
from grader.servers.output import Output

PRINTED = st.lists(st.sampled_from([b"a", b"amy", b"m", b"\n", b"\r", b"\xff", "é".encode()])).map(
    b"".join
)


def texts(printed: Output) -> list[str]:
    return [line.text for line in printed.lines()]


def told(pieces: list[bytes]) -> tuple[list[str], int, int, int]:
    """All that can be asked of an output that came in these pieces."""
    printed = Output()
    watch = printed.watch("am")
    for piece in pieces:
        printed.feed(piece)
    printed.end()
    return texts(printed), watch.seen, printed.total_lines, printed.total_bytes


@given(PRINTED, st.lists(st.integers(0, 60)))
def test_the_pieces_in_which_it_comes_make_no_difference(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert told([data[a:b] for a, b in pairwise(places)]) == told([data])


@given(PRINTED, st.lists(st.integers(0, 60)))
def test_nor_do_they_where_the_bounds_are_met(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(output, "KEPT_LINES", 2)
        patch.setattr(output, "KEPT_LINE_BYTES", 3)
        patch.setattr(output, "LONGEST_LINE", 5)
        assert told([data[a:b] for a, b in pairwise(places)]) == told([data])


@given(PRINTED)
def test_without_bounds_the_lines_are_those_of_the_text(data: bytes) -> None:
    text = data.decode(errors="backslashreplace")
    lines = [line.rstrip("\r") for line in text.split("\n")]
    assert told([data])[0] == (lines if text.rpartition("\n")[2] else lines[:-1])


@given(PRINTED)
def test_a_watch_counts_lines_and_not_how_often_each_has_the_text(data: bytes) -> None:
    assert told([data])[1] == sum(b"am" in line for line in data.split(b"\n"))


def test_a_watch_counts_what_comes_after_it_was_set() -> None:
    printed = Output()
    printed.feed(b"amy has joined the chat\n")
    watch = printed.watch("amy has joined the chat")
    assert watch.seen == 0
    printed.feed(b"Hello! amy has joined the chat.\n")
    assert watch.seen == 1


def test_a_watch_finds_text_of_any_script() -> None:
    printed = Output()
    watch = printed.watch("Zoë has joined the chat")
    printed.feed("Zoë has joined the chat\r\n".encode())
    assert watch.seen == 1


@pytest.mark.parametrize("before", [b"", b"\n"])
def test_of_a_line_without_end_a_watch_sees_the_beginning(before: bytes) -> None:
    printed = Output()
    begins, goes_on = printed.watch("begins"), printed.watch("goes on")
    printed.feed(before + b"begins" + b" " * output.LONGEST_LINE + b"goes on\n")
    assert (begins.seen, goes_on.seen) == (1, 0)


def test_a_line_counts_when_it_ends() -> None:
    printed = Output()
    watch = printed.watch("amy")
    printed.feed(b"amy")
    assert (texts(printed), watch.seen) == ([], 0)
    printed.end()
    assert (texts(printed), watch.seen) == (["amy"], 1)


def test_the_end_adds_no_line_where_none_is_begun() -> None:
    printed = Output()
    printed.feed(b"amy\n")
    printed.end()
    assert texts(printed) == ["amy"]


def test_who_waits_is_told_of_whole_lines_only() -> None:
    calls: list[int] = []
    printed = Output(on_change=lambda: calls.append(printed.total_lines))
    printed.feed(b"a")
    assert calls == []
    printed.feed(b"b\nc\nd")
    printed.end()
    assert calls == [2, 3]


def test_lines_carry_the_time_at_which_they_came() -> None:
    printed = Output()
    printed.feed(b"a\n")
    printed.feed(b"b\n")
    first, second = printed.lines()
    assert first.at <= second.at


def test_bytes_that_are_no_utf8_are_shown_as_escapes() -> None:
    printed = Output()
    printed.feed(b"\xff\xfeamy\n")
    assert texts(printed) == [r"\xff\xfeamy"]


def test_of_very_many_lines_the_first_and_the_last_are_kept() -> None:
    printed = Output()
    for number in range(10_000):
        printed.feed(b"%d\n" % number)
    lines = texts(printed)
    assert len(lines) == 2 * output.KEPT_LINES + 1
    assert lines[output.KEPT_LINES - 1 : output.KEPT_LINES + 2] == [
        "1999",
        "(… 6,000 more lines)",
        "8000",
    ]
    assert lines[-1] == "9999"


def test_as_many_lines_as_are_kept_are_kept_whole() -> None:
    printed = Output()
    printed.feed(b"".join(b"%d\n" % number for number in range(2 * output.KEPT_LINES)))
    assert texts(printed) == [str(number) for number in range(2 * output.KEPT_LINES)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_of_a_very_long_line_the_beginning_is_kept(end: bytes) -> None:
    printed = Output()
    printed.feed(b"x" * output.KEPT_LINE_BYTES + end)
    printed.feed(b"x" * (output.KEPT_LINE_BYTES + 1) + end)
    whole = "x" * output.KEPT_LINE_BYTES
    assert texts(printed) == [whole, f"{whole} …"]


@pytest.mark.parametrize("piece", [b"x" * 2**16, b"x" * 3_000 + b"\n", b"x\n" * 30_000])
def test_its_memory_is_bounded(piece: bytes) -> None:
    printed = Output()
    bound = 2 * output.KEPT_LINES * (output.KEPT_LINE_BYTES + 1) + output.LONGEST_LINE
    for _ in range(100):
        printed.feed(piece)
        kept = [*printed._head, *printed._tail]
        assert sum(len(line) for _, line in kept) + len(printed._rest) <= bound


def test_a_flood_is_told_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "FLOOD_BYTES", 10)
    printed = Output()
    printed.feed(b"x" * 10)
    assert not printed.flooded
    printed.feed(b"x")
    assert printed.flooded


def test_a_flood_is_told_by_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "FLOOD_LINES", 10)
    printed = Output()
    printed.feed(b"\n" * 10)
    assert not printed.flooded
    printed.feed(b"\n")
    assert printed.flooded
