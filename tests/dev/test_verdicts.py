"""Solutions that fail, and starters that fail too much or too little."""

import shutil
from pathlib import Path

from grader.course.course import find_course
from grader.dev.verdicts import verdicts
from tests.tiny_course import SOLVED, START, replace


def verdicts_of(root: Path) -> list[str]:
    return [str(violation) for violation in verdicts(find_course(root))]


def test_a_solution_that_fails_a_check_is_named(root: Path) -> None:
    replace(root, f"{SOLVED}/chat.py", '"new message", data)', '"new message", data["message"])')
    said = verdicts_of(root)
    end = "; run grader check 5 --solution"
    assert said
    assert all(s.startswith(f"{SOLVED}: “") and s.endswith(end) for s in said)
    assert f"{SOLVED}: “everybody else hears a message, once” is failed{end}" in said


def test_a_starter_that_fails_what_an_earlier_step_asks_for_is_named(root: Path) -> None:
    replace(root, f"{START}/chat.py", 'emit("new user", username)', 'emit("new user", "amy")')
    said = verdicts_of(root)
    end = ", which an earlier step asks for; run grader check 5"
    assert said
    assert all(s.startswith(f"{START}: “") and s.endswith(end) for s in said)
    assert f"{START}: “everybody else hears `new user`, once” is failed{end}" in said


def test_what_a_step_does_not_hold_is_not_asked_of_it(root: Path) -> None:
    replace(root, f"{START}/step.toml", 'title = "Talk"', 'title = "Talk"\nholds = []')
    replace(root, f"{START}/chat.py", 'emit("new user", username)', 'emit("new user", "amy")')
    assert verdicts_of(root) == []


def test_a_starter_that_leaves_nothing_to_do_is_named(root: Path) -> None:
    shutil.copy(root / SOLVED / "chat.py", root / START / "chat.py")
    assert verdicts_of(root) == [
        f"{START}: the starter fails no check of step 5; leave something to do"
    ]
