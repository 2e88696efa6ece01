"""A case changes a solution, or says to the letter why it does not fit."""

from pathlib import Path

import pytest

from grader.dev.cases.case import (
    Case,
    CaseError,
    Change,
    Edit,
    Head,
    NewFile,
    RemovedFile,
    changes,
    folder,
    unfold,
)
from grader.dev.cases.hunks import Hunk

SOLUTION = {"app.py": "import chat\n", "chat.py": "a = 1\nb = 1\n"}


def case(*change: Change) -> Case:
    return Case("step04", "some_name", Head("It is wrong."), change)


def test_a_case_changes_adds_and_removes_files() -> None:
    edit = Edit("chat.py", (Hunk(("-a = 1", "+a = 2")),))
    submission = case(edit, NewFile("new.py", "c\n"), RemovedFile("app.py")).applied(SOLUTION)
    assert submission == {"chat.py": "a = 2\nb = 1\n", "new.py": "c\n"}
    assert SOLUTION["chat.py"] == "a = 1\nb = 1\n"


def test_the_changes_of_an_edited_folder_make_it_again() -> None:
    edited = {"chat.py": "a = 1\nb = 2\n", "public/index.js": "d\n"}
    found = changes(SOLUTION, edited)
    assert found == (
        RemovedFile("app.py"),
        Edit("chat.py", (Hunk(("-b = 1", "+b = 2")),)),
        NewFile("public/index.js", "d\n"),
    )
    assert case(*found).applied(SOLUTION) == edited


def test_nothing_changed_is_no_change() -> None:
    assert changes(SOLUTION, dict(SOLUTION)) == ()


def test_a_case_of_scripts_leaves_the_server_as_it_is() -> None:
    def edit(path: str) -> Edit:
        return Edit(path, (Hunk(("-a",)),))

    assert case(edit("public/index.js")).of_scripts
    assert not case(edit("public/index.js"), edit("chat.py")).of_scripts
    assert not case(edit("public/index.html")).of_scripts
    assert not case(edit("scripts/index.js")).of_scripts
    assert not case(RemovedFile("public/index.js")).of_scripts


WRONG: dict[str, tuple[Change, str]] = {
    "not there": (
        Edit("chat.py", (Hunk((" a = 1", "-c = 1")),)),
        "step04/some_name: chat.py: this does not stand in the solution, and must stand there "
        "once; the solution has changed: run grader dev case step04/some_name --rebase\n"
        "    a = 1\n    c = 1",
    ),
    "there twice": (
        Edit("twice.py", (Hunk(("-a",)),)),
        "step04/some_name: twice.py: this stands in the solution 2 times, and must stand there "
        "once; add lines around it\n    a",
    ),
    "one line twice": (
        Edit("chat.py", (Hunk(("-a = 1", " b = 1")), Hunk(("-b = 1",)))),
        "step04/some_name: chat.py: two changes search the same line; make them one\n    b = 1",
    ),
    "no such file": (
        Edit("other.py", (Hunk(("-a",)),)),
        "step04/some_name: the solution has no other.py; write “new other.py”",
    ),
    "nothing to remove": (
        RemovedFile("other.py"),
        "step04/some_name: the solution has no other.py; there is nothing to remove",
    ),
    "not new": (
        NewFile("app.py", "a\n"),
        "step04/some_name: the solution has app.py already; write “change app.py”",
    ),
    "no final newline": (
        Edit("open.py", (Hunk(("-a",)),)),
        "step04/some_name: open.py of the solution does not end with a newline: add one",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_change_that_does_not_fit_is_told_to_the_letter(what: str) -> None:
    change, expected = WRONG[what]
    with pytest.raises(CaseError) as caught:
        case(change).applied({**SOLUTION, "twice.py": "a\na\n", "open.py": "a"})
    assert str(caught.value) == expected


@pytest.mark.parametrize("path", ["chat.py", "new.py"])
def test_a_file_without_a_newline_at_its_end_cannot_be_folded(path: str) -> None:
    with pytest.raises(CaseError, match=rf"^{path} does not end with a newline: add one$"):
        changes(SOLUTION, {**SOLUTION, path: "a"})


def test_a_folder_is_unfolded_and_read(tmp_path: Path) -> None:
    files = {"app.py": "a\r\n", "public/index.js": "b\n"}
    unfold(files, tmp_path / "made")
    assert (tmp_path / "made" / "app.py").read_bytes() == b"a\r\n"
    (tmp_path / "made" / "__pycache__").mkdir()
    (tmp_path / "made" / "__pycache__" / "app.pyc").write_bytes(b"\xff")
    assert folder(tmp_path / "made") == files


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\xff")
    with pytest.raises(CaseError) as caught:
        folder(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'picture.png'} is no text in UTF-8: a case cannot hold it"
    )
