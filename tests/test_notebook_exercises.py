"""Every solution passes, every stub fails, and each check has a wrong answer that it catches."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.dev.cases import shelf
from grader.dev.cases.case import Case, unfold
from grader.notebook.books import Book, read_functions
from grader.report.result import Verdict
from grader.report.terminal import failures
from tests.notebooks.support import COURSE, Bench, checks_of, judged, report
from tests.notebooks.support import shelf as books
from tests.support import ROOT, normal, title_of

BOOKS = [book for book in books().values() if checks_of(book)]
CASES = [
    (root, name)
    for root in (COURSE, ROOT)
    for name in shelf.names(root)
    if name.startswith(f"{shelf.NOTEBOOKS}/")
]

every_case = pytest.mark.parametrize(
    ("root", "case"),
    # One worker has all answers to a notebook, which it runs once for them.
    [
        pytest.param(*case, id=case[1], marks=pytest.mark.xdist_group(case[1].rpartition("/")[0]))
        for case in CASES
    ],
)
every_book = pytest.mark.parametrize("book", BOOKS, ids=[book.file.stem for book in BOOKS])


def book_of(case: Case) -> Book:
    return books()[case.kind.partition("/")[2]]


@every_book
def test_the_solutions_pass_and_no_cell_raises(book: Book) -> None:
    result = judged(book.solved())
    assert result.verdict is Verdict.PASSED, report(result)
    assert result.notes == ()


@every_book
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


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    one = Bench()
    yield one
    one.close()


@every_case
def test_a_wrong_answer_fails_with_its_report(
    root: Path, case: str, tmp_path: Path, bench: Bench, *, rewrite: bool
) -> None:
    """Where the whole report is kept, the notebook is run again for it, as a student's is."""
    one = shelf.read(root, case)
    book = book_of(one)
    unfold(one.applied(shelf.solution_of(root, one)), tmp_path)
    answers = read_functions(tmp_path / book.solutions.name)
    if one.head.whole:
        told = report(judged(book.filled(answers)))
    else:
        told = f"{normal(failures(bench.judged(book.solved(), answers)))}\n"
    if rewrite and told != one.report:
        shelf.save(root, replace(one, report=told))
        pytest.skip("its report is rewritten")
    assert told == one.report


@every_case
def test_a_wrong_answer_is_one_exercise_with_a_mistake(
    root: Path, case: str, tmp_path: Path
) -> None:
    one = shelf.read(root, case)
    book = book_of(one)
    right = read_functions(book.solutions)
    unfold(one.applied(shelf.solution_of(root, one)), tmp_path)
    wrong = read_functions(tmp_path / book.solutions.name)
    assert wrong.keys() == right.keys()
    (changed,) = (function for function in right if wrong[function] != right[function])
    assert changed in book.exercises


@every_book
def test_every_check_is_failed_by_some_wrong_answer(book: Book) -> None:
    """Read from the reports: a check that nothing fails is a defect."""
    failed = {
        title_of(block)
        for root, name in CASES
        if book_of(shelf.read(root, name)) == book
        for block in shelf.read(root, name).report.split("\n\n")
    }
    assert [check.title for check in checks_of(book) if check.title not in failed] == []


@every_book
def test_one_wrong_answer_has_the_whole_report(book: Book) -> None:
    cases = [shelf.read(root, name) for root, name in CASES]
    assert sum(case.head.whole for case in cases if book_of(case) == book) == 1


@every_book
def test_every_check_has_a_hint(book: Book) -> None:
    assert all(check.hint.strip() and check.title for check in checks_of(book))
