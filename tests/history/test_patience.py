"""Patience is measured in seconds in which everybody could run."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.history.patience import (
    LATELY,
    MOST,
    Lately,
    Patience,
    Waits,
    computed,
    held_up,
    starved,
)


@dataclass
class Clock:
    """A clock that is put forward by hand."""

    now: float = 100.0

    def monotonic(self) -> float:
        return self.now


@dataclass
class Queue:
    """The seconds that somebody has waited for a core since the patience began."""

    seconds: float = 0.0
    asked: int = 0

    def __call__(self) -> float:
        self.asked += 1
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("grader.history.patience.time", clock)
    return clock


def test_it_is_all_left_at_first(clock: Clock) -> None:
    assert Patience(2).left() == 2


def test_it_shrinks_as_time_goes_by(clock: Clock) -> None:
    patience = Patience(2)
    clock.now += 1.5
    assert patience.left() == 0.5


@pytest.mark.parametrize("later", [2, 3, 1_000])
def test_nothing_is_left_once_it_is_over(clock: Clock, later: float) -> None:
    patience = Patience(2)
    clock.now += later
    assert patience.left() == 0


def test_patience_of_no_seconds_is_over_at_once(clock: Clock) -> None:
    assert Patience(0, Queue()).left() == 0


def test_seconds_spent_waiting_for_a_core_are_given_back(clock: Clock) -> None:
    queue = Queue()
    patience = Patience(2, queue)
    clock.now += 2
    queue.seconds += 1.5
    assert patience.left() == 1.5
    clock.now += 1.5
    assert patience.left() == 0


def test_nobody_asks_who_waited_for_a_core_before_the_time_is_over(clock: Clock) -> None:
    queue = Queue(1.0)
    patience = Patience(2, queue)
    clock.now += 1.75
    assert (patience.left(), queue.asked) == (0.25, 0)
    clock.now += 0.25
    assert (patience.left(), queue.asked) == (1, 1)


def test_it_stretches_again_while_the_machine_stays_busy(clock: Clock) -> None:
    queue = Queue()
    patience = Patience(2, queue)
    for _ in range(4):
        clock.now += 1
        queue.seconds += 1
    assert patience.left() == 2


@pytest.mark.parametrize("seconds", [0.25, 2])
def test_it_never_gives_back_more_than_so_many_seconds(seconds: float, clock: Clock) -> None:
    queue = Queue()
    patience = Patience(seconds, queue)
    queue.seconds += 1_000
    clock.now += seconds + MOST - 1
    assert patience.left() == 1
    clock.now += 1
    assert patience.left() == 0


def test_a_process_has_waited_some_seconds_or_none() -> None:
    assert starved(os.getpid()) >= 0


def test_several_processes_have_waited_the_sum() -> None:
    alone = starved(os.getpid())
    assert starved(os.getpid(), os.getpid()) >= 2 * alone


def test_what_a_process_has_waited_is_not_taken_back_when_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited = {1: 2.0, 2: 5.0}
    monkeypatch.setattr("grader.history.patience.starved", lambda pid: waited[pid])
    waits = Waits(lambda: list(waited))
    assert waits() == 0
    waited[1] += 1
    waited[3] = 0.5  # it has come since then
    assert waits() == 1.5
    del waited[2], waited[3]
    waited[1] += 1
    assert waits() == 2.5


def test_of_processes_that_do_not_wait_for_each_other_the_longest_wait_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited = {1: 9.0, 2: 5.0}
    monkeypatch.setattr("grader.history.patience.starved", lambda pid: waited[pid])
    waits = Waits(lambda: list(waited), longest=True)
    assert waits() == 0
    waited |= {1: 9.5, 2: 7.0, 3: 1.0}
    assert waits() == 2
    assert Waits(list, longest=True)() == 0


def test_what_processes_waited_before_counts_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("grader.history.patience.starved", lambda pid: 2.0 * pid)
    assert Waits(lambda: (1, 2), ever=True)() == 6


@pytest.mark.parametrize("pids", [(), (0,), (2**30,)])
def test_who_is_not_there_waits_for_nothing(pids: tuple[int, ...]) -> None:
    assert starved(*pids) == 0


@pytest.mark.parametrize("counts", ["/proc/self/schedstat", "/no/such/file"])
def test_what_a_process_computes_is_counted_on_any_system(
    monkeypatch: pytest.MonkeyPatch, counts: str
) -> None:
    monkeypatch.setattr("grader.history.patience.SCHEDSTAT", Path(counts))
    before = computed(os.getpid())
    sum(range(10_000_000))
    assert computed(os.getpid()) > before
    assert computed(2**30) == 0


def test_what_the_machine_has_waited_for_only_grows() -> None:
    before = held_up()
    assert 0 <= before <= held_up()


def test_waiting_for_the_host_and_for_a_disk_is_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "/proc/stat": b"cpu  30 0 20 900 5 0 1 250 0 0\ncpu0 30 0 20 900 5 0 1 250 0 0\n",
        "/proc/pressure/io": b"some avg10=0.00 avg60=0.08 avg300=0.26 total=1500000\nfull ...",
    }
    monkeypatch.setattr("grader.history.patience._read", files.__getitem__)
    monkeypatch.setattr("grader.history.patience.os.sysconf", lambda _: 100)
    assert held_up() == 2.5 + 1.5


def test_a_machine_that_counts_neither_has_held_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(path: str) -> bytes:
        raise FileNotFoundError(path)

    monkeypatch.setattr("grader.history.patience._read", missing)
    assert held_up() == 0.0


def test_what_was_waited_before_a_wait_began_is_not_given_back_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, waited = [100.0], [7.0]
    monkeypatch.setattr("grader.history.patience.time.monotonic", lambda: now[0])
    lately = Lately(lambda: waited[0], waited[0])
    first = lately()
    waited[0] = 8.0
    at_once = lately()  # asks nothing again
    now[0] += 2 * LATELY
    second = lately()
    waited[0] = 10.0
    assert (first(), at_once(), second()) == (3.0, 3.0, 2.0)
