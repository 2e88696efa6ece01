"""The states of a step's work: each line that differs belongs to one task, and is there with it."""

import re
from pathlib import Path

import pytest

from grader.course.course import Course, Step
from grader.dev.lesson import Lesson
from grader.dev.sharing import StateError
from grader.dev.states import State, states

BUILD = """\
## Build it

### 1 · One (`app.py`)

{}

### 2 · Two (`app.py`)

{}

## Hints

{}
"""
HINT = "<details><summary>{}: how</summary>\n\n{}\n\n</details>\n"


def texts(
    place: Path, old: str, new: str, one: str = "", two: str = "", hints: str = ""
) -> list[str]:
    """The text of app.py at each state of a step with two tasks."""
    return [
        state.files["app.py"].decode()
        for state in made(place, {"app.py": old}, {"app.py": new}, BUILD.format(one, two, hints))
    ]


def made(place: Path, old: dict[str, str], new: dict[str, str], lesson: str) -> list[State]:
    step = Step(1, "A step", place / "steps" / "step01", place / "solutions" / "step01", 0)
    for folder, tree in ((step.folder, old), (step.solution, new)):
        for name, text in tree.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    return states(Course(place, (step,)), step, Lesson(lesson))


def test_a_line_belongs_to_the_task_whose_todo_stands_in_its_place(tmp_path: Path) -> None:
    old = "a = 1\n# TODO 1: b\nc = 3\n# TODO 2: d\n"
    new = "a = 1\nb = 2\nc = 3\nd = 4\n"
    assert texts(tmp_path, old, new) == [old, "a = 1\nb = 2\nc = 3\n# TODO 2: d\n", new]


def test_a_line_belongs_to_the_task_that_quotes_it(tmp_path: Path) -> None:
    old = "# TODO 1: a\n# TODO 2: b\n"
    new = "a = 1\nb = 2\n"
    quote = "<!-- quote solution/app.py: {} -->\n<!-- /quote -->"
    of_tasks = texts(tmp_path, old, new, quote.format("a ="), quote.format("b ="))
    assert of_tasks == [old, "# TODO 2: b\na = 1\n", new]
    hints = HINT.format(1, quote.format("a =")) + HINT.format(2, quote.format("b ="))
    assert texts(tmp_path, old, new, hints=hints) == of_tasks
    writes = "<!-- writes solution/app.py: {} -->"
    assert texts(tmp_path, old, new, writes.format("a ="), writes.format("b =")) == of_tasks


def test_of_two_quotes_the_shorter_one_says_whose_a_line_is(tmp_path: Path) -> None:
    old = "# TODO 1: a\n# TODO 2: b\n"
    new = "def f():\n    a = 1\n    b = 2\n"
    one, two = "<!-- writes solution/app.py: def f … -->", "<!-- writes solution/app.py: b = -->"
    assert texts(tmp_path, old, new, one, two)[1] == "# TODO 2: b\ndef f():\n    a = 1\n"


def test_an_import_a_decorator_and_a_comment_go_with_what_needs_them(tmp_path: Path) -> None:
    old = "print()\n# TODO 1: a\n# TODO 2: b\n"
    new = "import os\n\nprint()\na = 1\n\n\n@print\n# why\ndef b():\n    return os.sep\n"
    one, two = "<!-- writes solution/app.py: a = -->", "<!-- writes solution/app.py: def b … -->"
    half = texts(tmp_path, old, new, one, two)[1]
    assert [line for line in half.splitlines() if line] == ["print()", "# TODO 2: b", "a = 1"]


def test_an_old_line_goes_with_the_todo_right_above_it(tmp_path: Path) -> None:
    old = "# TODO 1: remove this\na = 1\n\n# TODO 2: remove this\nb = 2\n"
    assert texts(tmp_path, old, "\n") == [old, "\n# TODO 2: remove this\nb = 2\n", "\n"]


def test_code_of_one_task_stands_until_another_replaces_it(tmp_path: Path) -> None:
    old = "def f():\n    # TODO 1: a\n    # TODO 2: another a\n    pass\n"
    new = "def f():\n    a = 2\n    a += 1\n    pass\n"
    until = "<!-- until 2 solution/app.py: a = 2 … a += 1 -->\n```python\na = 1\n```"
    half = "def f():\n    # TODO 2: another a\n    a = 1\n    pass\n"
    expected = [old, half, new]
    assert texts(tmp_path, old, new, until) == expected
    assert texts(tmp_path, old, new, hints=HINT.format(1, until)) == expected


def test_a_file_that_is_new_is_there_with_its_task(tmp_path: Path) -> None:
    lesson = BUILD.format("", "", "").replace("Two (`app.py`)", "Two (`new.py`)")
    old = {"app.py": "# TODO 1: a\n", "old.py": "# TODO 2: away with it\n"}
    found = made(tmp_path, old, {"app.py": "a = 1\n", "new.py": "b = 2\n"}, lesson)
    assert [sorted(state.files) for state in found] == [
        ["app.py", "old.py"],
        ["app.py", "old.py"],
        ["app.py", "new.py"],
    ]


UNTIL = "<!-- until {} solution/app.py: {} -->\n```python\na = 0\n```"
WRONG = {
    "a line of no task": (
        ("# TODO 1: a\n# TODO 2: b\n", "a = 1\nb = 2\n", "", ""),
        "app.py:2: no task says that it writes 'b = 2'; quote it in the task, or name it there: "
        "<!-- writes FILE: FIRST … LAST -->",
    ),
    "an old line of no task": (
        ("a = 1\nb = 2\n", "b = 2\n", "", ""),
        "app.py:1: this line goes, and no TODO says with which task; put a TODO above it",
    ),
    "half a statement": (
        ("# TODO 1: a\n", "f(\n    1,\n)\n", "", "<!-- writes solution/app.py: 1, … ) -->"),
        "app.py:1: done up to task 1, it is no valid program: '(' was never closed; "
        "let each task write whole statements",
    ),
    "a reference to nothing": (
        ("# TODO 1: a\n", "a = 1\n", "<!-- writes solution/app.py: b = -->", ""),
        "README.md:5: no line of solution/app.py has 'b ='; quote a text that one line has",
    ),
    "code until a task that is over": (
        ("# TODO 1: a\n", "a = 1\n", "", UNTIL.format(2, "a =")),
        "README.md:9: this code of task 2 stands until task 2; name a later task that is there",
    ),
    "code until a task that is not there": (
        ("# TODO 1: a\n", "a = 1\n", "", UNTIL.format(3, "a =")),
        "README.md:9: this code of task 2 stands until task 3; name a later task that is there",
    ),
    "code in place of what does not change": (
        ("b = 1\n# TODO 1: a\n", "b = 1\na = 1\n", UNTIL.format(2, "b = 1"), ""),
        "README.md:5: this code stands in place of lines that the starter has too; "
        "name lines that a task adds",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_cut_into_states_is_named(tmp_path: Path, what: str) -> None:
    (old, new, one, two), said = WRONG[what]
    with pytest.raises(StateError, match=re.escape(said)):
        texts(tmp_path, old, new, one, two)


def test_a_picture_that_differs_cannot_be_cut(tmp_path: Path) -> None:
    for kind, content in (("steps", b"\xff\x01"), ("solutions", b"\xff\x02")):
        (tmp_path / kind / "step01").mkdir(parents=True)
        (tmp_path / kind / "step01" / "icon.png").write_bytes(content)
    said = "icon.png:1: it is no text, and differs from the starter's"
    with pytest.raises(StateError, match=re.escape(said)):
        made(tmp_path, {}, {}, BUILD.format("", "", ""))
