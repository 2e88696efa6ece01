"""Plain English: what the linter says of the constructions that came back most often."""

from pathlib import Path

import pytest

from grader.dev.english import stumbles
from tests.tiny_course import BOOK, LESSON, lines


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a user who disconnects is removed", []),
        ("Who asks? The page does.", []),
        ("emit it to the client that asks", []),
        ("who disconnects is removed", ["who disconnects is removed"]),
        ("Save it. Who asks later gets it.", ["Who asks later gets it"]),
        ("build the list anew", ["anew"]),
        ("mend the first one", ["mend"]),
        ("everybody but for the sender", ["but for"]),
        ("a blank line behind it", ["behind it"]),
        ("answer whoever asks", ["whoever"]),
    ],
)
def test_a_construction_that_came_back_often_is_found(text: str, found: list[str]) -> None:
    assert [words for words, _ in stumbles(text)] == found


def test_a_lesson_and_a_notebook_have_the_plainer_words(root: Path) -> None:
    lesson, notebook = root / LESSON, root / BOOK
    lesson.write_text(f"{lesson.read_text()}Whoever asks gets it.\n")
    cells = notebook.read_text().replace('"source": ""', '"source": "Build it anew."')
    notebook.write_text(cells)
    (at,) = (n for n, line in enumerate(cells.splitlines(), 1) if "anew" in line)
    assert lines(root) == [
        f"{LESSON}:{len(lesson.read_text().splitlines())}: it says “Whoever”; "
        "write: a user who, or a client that",
        f"{BOOK}:{at}: it says “anew”; write: again",
    ]
