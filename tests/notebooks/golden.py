"""The golden reports: what a student reads about each wrong answer in tests/wrong/notebooks.

    python -m tests.notebooks.golden [NOTEBOOK/NAME…]         as in 01_tiny/no_colon

judges the wrong answers named, or all, and rewrites NAME.txt beside each NAME.py, which holds one
function with one mistake. Read the difference before you commit it.
"""

import sys
from pathlib import Path

from grader.notebook.books import Book, read_functions
from tests.notebooks.support import judged, report, shelf
from tests.support import TESTS

WRONG = TESTS / "wrong" / "notebooks"


def wrong() -> list[Path]:
    """All wrong answers."""
    return sorted(WRONG.glob("*/*.py"))


def with_mistake(file: Path) -> Book:
    """The notebook that the wrong answer is of, right but for that."""
    return shelf()[file.parent.name].solved().filled(read_functions(file))


def golden(file: Path) -> str:
    """The report that is kept."""
    return file.with_suffix(".txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    for one in wrong():
        name = f"{one.parent.name}/{one.stem}"
        if not sys.argv[1:] or name in sys.argv[1:]:
            text = report(judged(with_mistake(one)))
            one.with_suffix(".txt").write_text(text, encoding="utf-8")
            print(name)
