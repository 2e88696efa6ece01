"""Every solution passes, every stub fails, and each check has a wrong answer that it catches."""

from collections import Counter
from pathlib import Path

import pytest

from grader.notebook.books import Book, read_functions
from grader.report.result import Verdict
from tests.notebooks.golden import golden, with_mistake, wrong
from tests.notebooks.support import checks_of, judged, report, shelf

BOOKS = [book for book in shelf().values() if checks_of(book)]


def name(file: Path) -> str:
    return f"{file.parent.name}-{file.stem}"


def stem(book: Book) -> str:
    return book.file.stem


@pytest.mark.parametrize("book", BOOKS, ids=stem)
def test_the_solutions_pass_and_no_cell_raises(book: Book) -> None:
    result = judged(book.solved())
    assert result.verdict is Verdict.PASSED, report(result)
    assert result.notes == ()


@pytest.mark.parametrize("book", BOOKS, ids=stem)
def test_no_stub_passes_and_each_is_told_to_be_unwritten(book: Book) -> None:
    result = judged(book)
    assert Verdict.PASSED not in {check.verdict for check in result.checks}
    assert not any(check.graders_fault for check in result.checks)
    told = {check.explanation.unwritten for check in result.checks if check.explanation}
    assert told == {*book.exercises}
    lines = [line for line in report(result).splitlines() if "is not written yet" in line]
    assert len([line for line in lines if line.startswith("  ✗ ")]) == len(book.exercises)
    assert "Hint:" not in report(result)
    assert all("raises" not in note for note in result.notes), result.notes


@pytest.mark.parametrize("file", wrong(), ids=name)
def test_a_wrong_answer_fails_with_its_golden_report(file: Path) -> None:
    assert report(judged(with_mistake(file))) == golden(file)


@pytest.mark.parametrize("file", wrong(), ids=name)
def test_a_wrong_answer_is_one_exercise_with_a_mistake(file: Path) -> None:
    (function,) = read_functions(file)
    assert function in shelf()[file.parent.name].exercises


@pytest.mark.parametrize("book", BOOKS, ids=stem)
def test_every_check_is_failed_by_some_wrong_answer(book: Book) -> None:
    """Read from the golden reports: a check that nothing fails is a defect."""
    failed = Counter(
        line.strip("✗ ").rpartition("   ")[0].strip()
        for file in wrong()
        if file.parent.name == stem(book)
        for line in golden(file).splitlines()
        if line.startswith("  ✗ ")
    )
    assert [check.title for check in checks_of(book) if not failed[check.title]] == []


@pytest.mark.parametrize("book", BOOKS, ids=stem)
def test_every_check_has_a_hint(book: Book) -> None:
    assert all(check.hint.strip() and check.title for check in checks_of(book))
