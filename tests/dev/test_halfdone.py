"""Half-done work whose checks are named under the wrong task, or pass at times, is found."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from grader.course.course import find_course
from grader.dev import halfdone
from tests.support import ROOT, TESTS

LESSON = "steps/step01_echo/README.md"
FIRST, SECOND = "an-upgrade-is-accepted", "a-frame-may-follow-the-head"
AGAIN = "name it under the task that turns it green, or change the task"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of one step with two tasks, whose package has checks with the faults of old."""
    monkeypatch.setattr(halfdone, "STATES_AT_A_TIME", 1)
    monkeypatch.setenv("STATIC_DIR", str(ROOT / "static"))
    return Path(shutil.copytree(TESTS / "halfway_course", tmp_path / "course"))


def found(place: Path, first: str, second: str = SECOND, rounds: int = 1) -> list[str]:
    """What is found where the lesson names these checks under its two tasks."""
    lesson = place / LESSON
    text = lesson.read_text(encoding="utf-8")
    for old, new in ((f"checks {FIRST} -->", first), (f"checks {SECOND} -->", second)):
        assert text.count(old) == 1
        text = text.replace(old, f"checks {new} -->")
    lesson.write_text(text, encoding="utf-8")
    course = find_course(place)
    return [str(one) for one in asyncio.run(halfdone.judged(course, course.steps, rounds=rounds))]


def test_a_lesson_that_names_each_check_where_it_turns_green_is_in_order(place: Path) -> None:
    assert found(place, FIRST, rounds=2) == []


def test_a_check_that_passes_at_times_is_found_in_several_rounds(place: Path) -> None:
    said = found(place, "an-upgrade-is-accepted-as-it-happens", rounds=4)
    title = "an upgrade is answered with 101, whatever comes after it"
    # States are played side by side: in which rounds the end comes late is not said.
    (line,) = said
    told, rounds, fix = re.split(r" in ([1-4]) of 4 rounds; ", line)
    assert told == f"{LESSON}: done up to task 1, “{title}” of task 1 is failed"
    assert fix == AGAIN
    assert rounds != "4"


def test_a_check_that_a_later_task_turns_green_is_found(place: Path) -> None:
    title = "a frame that comes together with the request is not lost"
    assert found(place, f"{FIRST} {SECOND}", "none-of-them") == [
        f"{LESSON}: done up to task 1, “{title}” of task 1 is failed; {AGAIN}"
    ]


def test_a_check_that_passes_only_while_a_todo_is_undone_is_found(place: Path) -> None:
    said = "“the answer promises no echo” of task"
    assert found(place, f"{FIRST} the-answer-promises-no-echo") == [
        f"{LESSON}: done up to task 2, {said} 1 is failed; {AGAIN}"
    ]


def test_a_check_that_passes_before_its_task_is_done_is_found(place: Path) -> None:
    said = "“an upgrade is answered with 101” of task"
    assert found(place, "none-of-them", f"{SECOND} {FIRST}") == [
        f"{LESSON}: done up to task 1, {said} 2 passes already; {AGAIN}"
    ]


def test_what_cannot_be_cut_into_states_is_found(place: Path) -> None:
    lesson = place / LESSON
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace("async def talk …", "async def walk …"), encoding="utf-8")
    line = text[: text.index("<!-- writes solution/app.py: async def talk")].count("\n") + 1
    assert found(place, FIRST) == [
        f"{LESSON}:{line}: no line of solution/app.py has 'async def walk'; "
        "quote a text that one line has"
    ]
