"""Cases are found, unfolded, folded back and rebased, and what goes wrong is told to the letter."""

from pathlib import Path

import pytest

from grader.dev.cases import editing, shelf
from grader.dev.cases.case import CaseError
from tests.dev.cases.courses import CASE, SOLUTION, commit, root, write

__all__ = ["root"]

CHAT = "solutions/step04_join/chat.py"
FILE = "tests/cases/step04/sender_only.case"
NAME = "step04/sender_only"


def test_a_case_is_found_by_its_name_the_end_of_it_or_its_file(root: Path) -> None:
    assert shelf.names(root) == [NAME]
    assert shelf.find(root, NAME) == NAME
    assert shelf.find(root, "sender_only") == NAME
    assert shelf.find(root, str(root / FILE)) == NAME


def test_a_name_that_nothing_or_too_much_has_is_told(root: Path) -> None:
    write(root, {"tests/cases/step05/sender_only.case": CASE})
    with pytest.raises(CaseError) as caught:
        shelf.find(root, "sender_only")
    assert str(caught.value) == (
        "there are several cases sender_only: step04/sender_only, step05/sender_only"
    )
    with pytest.raises(CaseError) as caught:
        shelf.find(root, "nobody")
    assert str(caught.value) == f"there is no case nobody in {root / 'tests' / 'cases'}"


def test_a_case_is_unfolded_edited_and_folded_back(root: Path) -> None:
    case, place = editing.unfolded(root, "sender_only", None, merged=False)
    assert place == root / "build" / "cases" / "step04" / "sender_only"
    assert (place / "app.py").read_text() == "import chat\n"
    assert editing.command(root, case, place) == f"grader check 4 --path {place}"
    chat = (place / "chat.py").read_text()
    (place / "chat.py").write_text(chat.replace("to=sid", "skip_sid=sid"))
    assert editing.folded(root, "sender_only", place, "") == root / FILE
    assert (root / FILE).read_text() == CASE.replace("to=sid", "skip_sid=sid")


def test_a_folder_that_is_folded_as_it_was_unfolded_changes_nothing(root: Path) -> None:
    _, place = editing.unfolded(root, "sender_only", root / "here", merged=False)
    editing.folded(root, "sender_only", place, "")
    assert (root / FILE).read_text() == CASE


def test_a_new_case_needs_its_sentence(root: Path) -> None:
    write(root, {"edited/app.py": "import chat\nimport os\n", "edited/chat.py": SOLUTION})
    with pytest.raises(CaseError) as caught:
        editing.folded(root, "step04/imports", root / "edited", "")
    assert str(caught.value) == (
        "there is no case step04/imports; a new one needs --says 'What is wrong.'"
    )
    with pytest.raises(CaseError) as caught:
        editing.folded(root, "imports", root / "edited", "It imports too much.")
    assert str(caught.value) == (
        "there is no case imports; a new one has its step's name too: step06/imports"
    )
    file = editing.folded(root, "step04/imports", root / "edited", "It imports too much.")
    assert file.read_text() == (
        "It imports too much.\n\nmistake: none\n\nchange app.py\n import chat\n+import os\n"
    )


def test_an_exercise_of_a_notebook_has_cases_too(root: Path) -> None:
    write(root, {"edited/02_frames.py": "def length(data):\n    return 0\n"})
    editing.folded(root, "notebooks/02_frames/zero", root / "edited", "It is always 0.")
    case, place = editing.unfolded(root, "zero", root / "again", merged=False)
    assert (place / "02_frames.py").read_text() == "def length(data):\n    return 0\n"
    assert editing.command(root, case, place) == (
        "python -m pytest tests/test_notebook_exercises.py -k zero"
    )


def test_what_cannot_be_folded_or_unfolded_is_told(root: Path) -> None:
    place = root / "solutions" / "step04_join"
    with pytest.raises(CaseError) as caught:
        editing.unfolded(root, NAME, place, merged=False)
    assert str(caught.value) == (
        f"{place} is not empty: fold it back, remove it, or name another folder"
    )
    with pytest.raises(CaseError) as caught:
        editing.folded(root, NAME, place, "")
    assert str(caught.value) == f"{place} is as the solution: a case changes something"
    with pytest.raises(CaseError) as caught:
        editing.folded(root, NAME, root / "nowhere", "")
    assert str(caught.value) == f"there is no folder {root / 'nowhere'}"


def test_a_case_that_fits_is_not_rebased(root: Path) -> None:
    commit(root, {CHAT: "# A comment above.\n" + SOLUTION})
    assert editing.rebased(root, NAME) is None


def test_a_case_is_rebased_over_a_changed_solution(root: Path) -> None:
    changed = SOLUTION.replace("new user", "newcomer").replace('emit("newcomer"', 'emit("new user"')
    commit(
        root, {CHAT: changed.replace("async def new_user(sid, name)", "async def come(s, name)")}
    )
    assert editing.rebased(root, NAME) is None
    case = CASE.replace("change chat.py\n", "change chat.py\n     async def new_user(sid, name):\n")
    write(root, {FILE: case})
    with pytest.raises(CaseError):
        editing.unfolded(root, NAME, root / "here", merged=False)
    with pytest.raises(CaseError) as caught:
        editing.rebased(root, NAME)
    assert str(caught.value) == (
        "step04/sender_only: the case and the solution both change the same lines of chat.py; "
        "unfold it with --rebase --into DIR, edit what stands between git's markers, and fold it "
        "back with --fold DIR"
    )


def test_lines_around_that_have_changed_alone_are_merged(root: Path) -> None:
    both = SOLUTION.replace("    async def", "    # one\n    # two\n    # three\n    async def")
    case = CASE.replace(
        "change chat.py\n",
        "change chat.py\n     # one\n     # two\n     # three\n"
        "     async def new_user(sid, name):\n",
    )
    commit(root, {CHAT: both, FILE: case})
    commit(root, {CHAT: both.replace("# one", "# uno")})
    assert editing.rebased(root, NAME) == root / FILE
    assert (root / FILE).read_text() == CASE
    assert "# uno" in (editing.unfolded(root, NAME, None, merged=False)[1] / "chat.py").read_text()


def test_where_both_change_one_line_the_folder_has_gits_markers(root: Path) -> None:
    commit(root, {CHAT: SOLUTION.replace('"new user", name)', '"new user", name.strip())')})
    _, place = editing.unfolded(root, NAME, root / "here", merged=True)
    text = (place / "chat.py").read_text()
    assert "<<<<<<< solution\n" in text
    assert ">>>>>>> case\n" in text
    with pytest.raises(CaseError) as caught:
        editing.folded(root, NAME, place, "")
    assert str(caught.value) == (
        f"{place / 'chat.py'} has git's conflict markers: edit what is between them"
    )


def test_a_case_that_fitted_no_commit_is_told(root: Path) -> None:
    write(root, {FILE: CASE.replace("new user", "nobody knows")})
    with pytest.raises(CaseError) as caught:
        editing.rebased(root, NAME)
    assert str(caught.value) == (
        "step04/sender_only: no commit has a solution that the case fits: chat.py"
    )
