"""Notebooks are found by what a student calls them, and their exercises by their cells."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from grader.course.course import CourseError
from grader.notebook.books import Book, Cell, course_files, find_shelf, read_functions
from tests.notebooks.support import COURSE, shelf

TINY = COURSE / "notebooks" / "01_tiny.ipynb"


@pytest.fixture
def book() -> Book:
    return find_shelf(COURSE).books[0]


def written(file: Path, change: dict[str, Any]) -> Path:
    """A copy of the notebook with other entries at its top."""
    file.write_text(json.dumps({**json.loads(TINY.read_text("utf-8")), **change}), "utf-8")
    return file


@pytest.mark.parametrize("name", ["1", "01", "tiny", "01_tiny", str(TINY)])
def test_a_notebook_is_found_by_number_name_and_file(name: str) -> None:
    book = find_shelf(COURSE / "notebooks").find(name)
    assert (book.number, book.name, book.title) == (1, "tiny", "A tiny protocol")
    assert (book.file, book.root) == (TINY, COURSE)
    assert book.exercises == ("pack", "unpack", "new_key", "answer")


@pytest.mark.parametrize("name", ["2", "tin", "", "1_tiny", "step1"])
def test_what_is_no_notebook_is_told_with_those_that_are(name: str) -> None:
    with pytest.raises(CourseError) as caught:
        find_shelf(COURSE).find(name)
    assert str(caught.value) == f"no notebook {name!r}: there are 1 tiny"


def test_cells_are_counted_from_one(book: Book) -> None:
    assert [cell.number for cell in book.cells] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [cell.number for cell in book.cells if cell.exercise] == [2, 3, 5, 6]


def test_a_cell_is_named_by_the_number_that_was_saved_with_it(tmp_path: Path) -> None:
    cells = json.loads(TINY.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for cell, count in zip(code, (1, 12, 4, None, 4, "7", 30, 31), strict=True):
        cell["execution_count"] = count
    book = find_shelf(COURSE).find(str(written(tmp_path / "01_tiny.ipynb", {"cells": cells})))
    names = [cell.name for cell in book.cells]
    assert names[:2] == ["cell [1]", "cell [12]"]
    # Two have [4], of which one was run before the kernel was started again.
    assert all(name.startswith("cell “") for name in names[2:6])
    assert names[6:] == ["cell [30]", "cell [31]"]


def test_a_cell_without_a_number_is_named_by_its_first_line() -> None:
    name = Cell(1, f"\n  \n  a = '{'x' * 99}\x1b'\nb = 5").name
    assert name == f"cell “a = '{'x' * 35}…”"
    assert Cell(1, "a\x1b[31m = 5").name == "cell “a\\x1b[31m = 5”"


@pytest.mark.parametrize(
    ("source", "is_stub"),
    [
        ('def f(a):\n    """Text."""\n    raise NotImplementedError', True),
        ("async def f(a):\n    raise NotImplementedError", True),
        ('def f(a):\n    """Text."""\n    a = 5\n    raise NotImplementedError', False),
        ("def f(a):\n    return a", False),
        ("def f(a:", False),
        ("raise NotImplementedError", False),
    ],
)
def test_a_stub_is_a_function_that_nobody_has_begun(source: str, is_stub: bool) -> None:
    assert Cell(1, source).is_stub is is_stub


def test_a_reader_s_copy_is_no_notebook_of_the_course(tmp_path: Path) -> None:
    shutil.copytree(COURSE, tmp_path / "course")
    folder = tmp_path / "course" / "notebooks"
    for name in ("01_tiny_mine", "01_a", "Copy of 01_tiny", "01_tiny-Copy1", "01_tiny (1)"):
        shutil.copy(TINY, folder / f"{name}.ipynb")
    assert course_files(tmp_path / "course") == [folder / "01_tiny.ipynb"]
    (book,) = find_shelf(folder).books
    assert find_shelf(folder).find(str(folder / "01_tiny_mine.ipynb")).name == book.name == "tiny"


def test_without_solutions_the_shortest_name_is_the_course_s(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    for name in ("01_tiny_mine", "01_tiny", "02_other"):
        shutil.copy(TINY, tmp_path / "notebooks" / f"{name}.ipynb")
    assert [file.stem for file in course_files(tmp_path)] == ["01_tiny", "02_other"]


@pytest.mark.parametrize(
    "name",
    [
        "01_tiny (1).ipynb",
        "01_tiny-Copy1.ipynb",
        "01_tiny.ipynb",
        "01_tiny_mine.ipynb",
        "Copy of 01_tiny.ipynb",
        "my_01_tiny.ipynb",
    ],
)
def test_a_copy_is_known_by_its_name(tmp_path: Path, name: str) -> None:
    file = written(tmp_path / name, {"cells": []})
    book = find_shelf(COURSE).find(str(file))
    assert (book.number, book.file, book.root, book.cells) == (1, file, COURSE, ())


def test_a_copy_is_known_by_its_metadata(tmp_path: Path) -> None:
    file = written(tmp_path / "mine.ipynb", {"metadata": {"make_chat": "01_tiny"}})
    assert find_shelf(COURSE).find(str(file)).name == "tiny"


def test_a_copy_of_an_unknown_notebook_says_how_to_name_it(tmp_path: Path) -> None:
    file = written(tmp_path / "mine.ipynb", {})
    with pytest.raises(CourseError) as caught:
        find_shelf(COURSE).find(str(file))
    assert str(caught.value) == (
        "mine.ipynb is a copy of no known notebook: let its name have one of these in it: 01_tiny"
    )


@pytest.mark.parametrize("name", ["01_tinyish.ipynb", "101_tiny.ipynb"])
def test_a_name_that_goes_on_is_another_one(tmp_path: Path, name: str) -> None:
    with pytest.raises(CourseError, match="copy of no known notebook"):
        find_shelf(COURSE).find(str(written(tmp_path / name, {})))


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_merge_conflict_says_where_and_what_to_do(tmp_path: Path, end: bytes) -> None:
    lines = TINY.read_bytes().splitlines()
    ours, theirs = b"<<<<<<< HEAD", b">>>>>>> main"
    lines[4:5] = [ours, lines[4], b"=======", lines[4], theirs]
    file = tmp_path / "01_tiny.ipynb"
    file.write_bytes(end.join(lines))
    with pytest.raises(CourseError) as caught:
        find_shelf(COURSE).find(str(file))
    assert str(caught.value) == (
        f"{file}: git left a merge conflict in it, at line 5; keep one side with "
        "git checkout --ours or --theirs, then run git add"
    )


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": [{}], "metadata": {}}', '{"cells": 5}', "\xff", "[" * 10**5]
)
def test_what_is_no_notebook_says_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "01_tiny.ipynb"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(CourseError) as caught:
        find_shelf(COURSE).find(str(file))
    assert str(caught.value) == f"{file}: it is no notebook; save it in Jupyter again"


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    file = tmp_path / "01_tiny.ipynb"
    with pytest.raises(CourseError) as caught:
        find_shelf(COURSE).find(str(file))
    assert str(caught.value) == f"{file}: No such file or directory"


def test_where_there_are_no_notebooks_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CourseError) as caught:
        find_shelf(tmp_path)
    assert str(caught.value) == (
        f"no notebooks here: neither {tmp_path} nor a folder above it has notebooks/; "
        "run grader inside your copy of the course"
    )


def test_the_solutions_take_the_place_of_the_stubs(book: Book) -> None:
    functions = read_functions(book.solutions)
    before, after = book.cells, book.solved().cells
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        cell for cell in after if cell.exercise
    ]
    assert [cell.source for cell in after if cell.exercise] == list(functions.values())


def test_a_solution_replaces_a_cell_that_is_no_python_any_more(book: Book) -> None:
    broken = book.filled({"pack": "def pack(kind, text:\n    return"})
    assert broken.solved() == book.solved()


def test_solutions_and_exercises_must_be_the_same(tmp_path: Path) -> None:
    shutil.copytree(COURSE, tmp_path / "course")
    (book,) = find_shelf(tmp_path / "course").books
    text = book.solutions.read_text("utf-8").replace("def pack(", "def unpacked(")
    book.solutions.write_text(text, "utf-8")
    with pytest.raises(CourseError) as caught:
        book.solved()
    assert str(caught.value) == (
        "01_tiny.py and the exercises of 01_tiny.ipynb differ: "
        "pack, unpacked is in one of them only"
    )


def test_functions_are_read_with_their_decorators_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "functions.py"
    file.write_text("import a\n\n\n@a.b\nasync def f():\n    pass\n\n\nX = 1\n", "utf-8")
    assert read_functions(file) == {"f": "@a.b\nasync def f():\n    pass"}


@pytest.mark.parametrize("book", shelf().values(), ids=lambda book: book.file.stem)
def test_every_notebook_of_the_course_has_exercises(book: Book) -> None:
    assert 3 <= len(book.exercises) <= 6
    assert len(set(book.exercises)) == len(book.exercises)
