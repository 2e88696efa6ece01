"""A starter is the solution that it continues, plus comments."""

import shutil
from pathlib import Path

import pytest

from tests.tiny_course import BEFORE, DRIFT, LESSON, SOLVED, START, Edit, after_edit, lines, write

EDITS: dict[str, Edit] = {
    "a TODO in a solution": (
        f"{SOLVED}/app.py",
        "import os\n",
        "import os  # TODO sort\n",
        [
            f"{SOLVED}/app.py:N: a solution has a TODO; finish it, and remove the comment",
            f"{LESSON}:@<!-- diff@: this diff block {DRIFT}",
        ],
    ),
    "a starter that differs": (
        f"{START}/chat.py",
        "{username} has joined",
        "{username} joined",
        [
            f"{START}/chat.py: it differs from {BEFORE}/chat.py in more than comments; "
            "copy that file, and put the TODOs in again"
        ],
    ),
    "a script of a starter that differs": (
        f"{START}/public/index.js",
        "const users",
        "let users",
        [
            f"{START}/public/index.js: it differs from {BEFORE}/public/index.js in more than "
            "comments; copy that file, and put the TODOs in again"
        ],
    ),
    "a page of a starter that differs": (
        f"{START}/public/index.html",
        "<li>nobody</li>",
        "<li>no body</li>",
        [
            f"{START}/public/index.html: it differs from {BEFORE}/public/index.html in more than "
            "comments; copy that file, and put the TODOs in again"
        ],
    ),
    "a style of a starter that differs": (
        f"{START}/public/style.css",
        "10px",
        "11px",
        [
            f"{START}/public/style.css: it differs from {BEFORE}/public/style.css in more than "
            "comments; copy that file, and put the TODOs in again"
        ],
    ),
    "a starter's file without a TODO that differs in a comment": (
        f"{START}/app.py",
        "import os\n",
        "import os  # for the port\n",
        [f"{START}/app.py: it differs from {BEFORE}/app.py, and has no TODO; copy that file"],
    ),
    "a syntax error in Python": (
        f"{START}/chat.py",
        "    # TODO 1: handle new message.",
        "    # TODO 1: handle new message.\n    def",
        [f"{START}/chat.py:8: a syntax error; starters and solutions can be run"],
    ),
    "a syntax error in a script": (
        f"{START}/public/index.js",
        "\n// TODO 2",
        "let = {;  // TODO 2",
        [f"{START}/public/index.js:N: a syntax error; starters and solutions can be run"],
    ),
    "a file carried over with a blank line more": (
        f"{SOLVED}/app.py",
        "import chat\n",
        "\nimport chat\n",
        [
            f"{SOLVED}/app.py: it differs from {BEFORE}/app.py in white space; copy that file",
            f"{LESSON}:@<!-- diff@: this diff block {DRIFT}",
        ],
    ),
    "a TODO of no task": (
        f"{START}/public/style.css",
        "/* TODO 2: make it wide. */",
        "/* TODO 3: make it wide. */",
        [
            f"{START}/public/style.css:N: TODO 3 is no task of the lesson; "
            f"add the task to {LESSON}, or remove it"
        ],
    ),
    "a TODO without a number": (
        f"{START}/public/style.css",
        "/* TODO 2: make it wide. */",
        "/* TODO: make it wide. */",
        [f"{START}/public/style.css:N: a TODO without a task's number; write TODO 1: …"],
    ),
    "a task without a TODO": (
        f"{START}/chat.py",
        "TODO 1: handle",
        "TODO 2: handle",
        [f"{LESSON}:@### 1@: the starter has no TODO 1; say in the code where to do it"],
    ),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_that_breaks_a_rule_is_one_line(root: Path, what: str) -> None:
    said, expected = after_edit(root, EDITS[what])
    assert said == expected


def test_a_starter_without_a_file(root: Path) -> None:
    (root / START / "app.py").rename(root / START / "server.py")
    assert lines(root) == [
        f"{START}: app.py is missing; every starter and solution has one",
        f"{START}/app.py: it is missing, and {BEFORE}/app.py is there; copy that file",
        f"{START}/server.py: it is no comment alone, and {BEFORE}/server.py is not there; "
        "leave what is new to the student",
    ]


def test_comments_alone_are_no_new_file(root: Path) -> None:
    write(root, f"{START}/talk.py", "# TODO 1: handle it here.\n")
    write(root, f"{START}/public/talk.js", "// TODO 1: show it here.\n")
    assert lines(root) == []


def test_a_picture_that_differs(root: Path) -> None:
    for folder, content in ((START, b"\xff\x01"), (BEFORE, b"\xff\x02"), (SOLVED, b"\xff\x03")):
        (root / folder / "public/icon.png").write_bytes(content)
    shutil.copy(root / BEFORE / "public/icon.png", root / "steps/step04_join/public/icon.png")
    assert lines(root) == [
        f"{START}/public/icon.png: it differs from {BEFORE}/public/icon.png, and has no TODO; "
        "copy that file"
    ]


def test_other_line_ends(root: Path) -> None:
    file = root / SOLVED / "app.py"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert lines(root) == [
        f"{SOLVED}/app.py: it differs from {BEFORE}/app.py in white space; copy that file"
    ]
