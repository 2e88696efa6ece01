"""A lesson out of form, out of step or out of date is named with what is wrong."""

import re
from pathlib import Path

import pytest

from tests.tiny_course import (
    DRIFT,
    LESSON,
    Edit,
    after_edit,
    line_of,
    lines,
    replace,
    write,
)

ORDER = (
    "What you will see, Where we are, Build it, Check yourself, Hints, What changed, "
    "Underneath, Go further, Commit"
)


EDITS: dict[str, Edit] = {
    "another heading": (
        LESSON,
        "# Step 5 · Talk",
        "# Step 5: Talk",
        [f"{LESSON}:1: the heading is not the step's; write '# Step 5 · Talk'"],
    ),
    "a section that no lesson has": (
        LESSON,
        "## Underneath",
        "## Under the hood",
        [
            f"{LESSON}:N: there is no section 'Under the hood' in a lesson; "
            f"the sections are {ORDER}",
            f"{LESSON}: section 'Underneath' is there 0 times; write ## Underneath once",
        ],
    ),
    "a section twice": (
        LESSON,
        "Bytes.\n",
        "Bytes.\n\n## Underneath\n\nMore bytes.\n",
        [f"{LESSON}: section 'Underneath' is there 2 times; write ## Underneath once"],
    ),
    "an empty section": (
        LESSON,
        "Bytes.\n",
        "\n",
        [f"{LESSON}:@## Underneath@: section 'Underneath' is empty; write it"],
    ),
    "sections in another order": (
        LESSON,
        "## Underneath\n\nBytes.\n\n## Go further\n",
        "## Go further\n\nBytes.\n\n## Underneath\n",
        [
            f"{LESSON}:@## Underneath@: section 'Underneath' comes after 'Go further'; "
            f"the order is {ORDER}",
        ],
    ),
    "too many words": (
        LESSON,
        "Bytes.\n",
        "Bytes and\n" * 400,
        [f"{LESSON}: it has 1121 words of prose; write 200 to 900"],
    ),
    "no commit message": (
        LESSON,
        "git commit -am",
        "git commit -m",
        [
            f"{LESSON}: the number of commits that it suggests is 0; "
            'write git commit -am "MESSAGE" once under ## Commit'
        ],
    ),
    "one task": (
        LESSON,
        "### 1 · Hear it (`chat.py`)",
        "Hear it.",
        [
            f"{LESSON}: the number of its tasks is 1; write 2 to 5 under ## Build it",
            f"{LESSON}:@### 2@: this is not the heading of task 1; "
            "write ### 1 · TITLE (`FILE`, `FILE`)",
        ],
    ),
    "a task that names no file": (
        LESSON,
        "### 2 · Show it (`chat.py`, `public/index.js`)",
        "### 2 · Show it",
        [
            f"{LESSON}:N: this is not the heading of task 2; write ### 2 · TITLE (`FILE`, `FILE`)",
        ],
    ),
    "a task that names a file that is not there": (
        LESSON,
        "(`chat.py`, `public/index.js`)",
        "(`chat.py`, `talk.py`)",
        [
            f"{LESSON}:N: task 2 names talk.py, which the solution does not have; "
            "name the files to edit"
        ],
    ),
    "an empty task": (
        LESSON,
        "Show it.\n",
        "\n",
        [f"{LESSON}:@### 2@: task 2 is empty; say what to do"],
    ),
    "code for a while that does not follow": (
        LESSON,
        "Handle it:\n",
        "Handle it:\n\n<!-- until 2 solution/chat.py: async def new_message -->\n\nNow.\n",
        [
            f"{LESSON}:@<!-- until@: no code follows; put the code in a fence right below it",
        ],
    ),
    "a hint for no task": (
        LESSON,
        "<summary>1: where</summary>",
        "<summary>where</summary>",
        [
            f"{LESSON}:N: this hint is for no task; "
            "begin its summary with a task's number: <summary>1: …</summary>",
            f"{LESSON}:@### 1@: there is no hint for task 1; "
            "add <details><summary>1: …</summary> under ## Hints",
        ],
    ),
    "hints in another order": (
        LESSON,
        "## What changed",
        "<details><summary>1: more</summary>\n\nMore.\n\n</details>\n\n## What changed",
        [
            f"{LESSON}:N: a hint for task 1 comes after one for task 2; "
            "give them in the order of the tasks"
        ],
    ),
    "an empty hint": (
        LESSON,
        "In `register`.\n",
        "\n",
        [f"{LESSON}:@<summary>1@: this hint is empty; write it"],
    ),
    "a quote that was edited": (
        LESSON,
        'print(f"{username} has joined the chat")\n    await sio.emit("new user", username)\n```',
        'print("joined")\n    await sio.emit("new user", username)\n```',
        [f"{LESSON}:@<!-- quote solution/chat.py@: this quote block {DRIFT}"],
    ),
    "a diff that was edited": (
        LESSON,
        "+  width: 20px;",
        "+  width: 30px;",
        [f"{LESSON}:@<!-- diff@: this diff block {DRIFT}"],
    ),
    "a title that was edited": (
        LESSON,
        "- ✓ everybody else hears a message, once",
        "- ✓ everybody else hears it",
        [f"{LESSON}:@<!-- checks the-sender@: this checks block {DRIFT}"],
    ),
    "a quote of a page before the lessons that was edited": (
        "steps/README.md",
        "def register(sio):",
        "def register(server):",
        [f"steps/README.md:3: this quote block {DRIFT}"],
    ),
    "a quote of no file": (
        LESSON,
        "<!-- quote solution/public/index.js: const users -->",
        "<!-- quote solution/index.js: const users -->",
        [f"{LESSON}:N: solution/index.js cannot be quoted; name a text file that is there"],
    ),
    "a quote of no line": (
        LESSON,
        "<!-- quote solution/public/index.js: const users -->",
        "<!-- quote solution/public/index.js: const amy -->",
        [
            f"{LESSON}:N: no line of solution/public/index.js has 'const amy'; "
            "quote a text that one line has"
        ],
    ),
    "a quote of several lines": (
        LESSON,
        "<!-- quote solution/public/index.js: const users -->",
        "<!-- quote solution/public/index.js: users -->",
        [
            f"{LESSON}:N: 2 lines of solution/public/index.js have 'users'; "
            "quote a text that one line has"
        ],
    ),
    "a quote without an end": (
        LESSON,
        "<!-- quote solution/public/index.js: const users -->",
        "<!-- quote solution/public/index.js: const users … amy -->",
        [
            f"{LESSON}:N: no line of solution/public/index.js from line 1 on has 'amy'; "
            "end the quote with a text that is there"
        ],
    ),
    "a quote of nothing": (
        LESSON,
        "<!-- quote solution/public/index.js: const users -->",
        "<!-- quote solution/public/index.js -->",
        [f"{LESSON}:N: this quote names no line; write <!-- quote FILE: FIRST … LAST -->"],
    ),
    "a block that is not closed": (
        LESSON,
        "<!-- /diff -->",
        "",
        [
            f"{LESSON}:@<!-- diff@: this block has no end; "
            "close it, as <!-- quote … --> by <!-- /quote -->"
        ],
    ),
    "a diff outside a lesson": (
        "steps/README.md",
        "Begin",
        "<!-- diff -->\n<!-- /diff -->\nBegin",
        ["steps/README.md:N: this page is no step's, and has a diff block; remove it"],
    ),
    "a link that leads nowhere": (
        LESSON,
        "../step04_join/README.md#build-it",
        "../step03_join/README.md#build-it",
        [f"{LESSON}:N: it links to ../step03_join/README.md, which is not there; fix the link"],
    ),
    "an image that is not there": (
        LESSON,
        "![A page](images/page.png)",
        '<img src="images/two%20pages.png">',
        [f"{LESSON}:N: it links to images/two%20pages.png, which is not there; fix the link"],
    ),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_that_breaks_a_rule_is_one_line(root: Path, what: str) -> None:
    said, expected = after_edit(root, EDITS[what])
    assert said == expected


def test_no_lesson(root: Path) -> None:
    (root / LESSON).unlink()
    assert lines(root) == [f"{LESSON}: the lesson cannot be read; write it, in UTF-8"]


def test_a_lesson_in_another_encoding(root: Path) -> None:
    (root / LESSON).write_bytes(b"\xff")
    assert lines(root) == [f"{LESSON}: the lesson cannot be read; write it, in UTF-8"]


def test_a_check_that_no_task_names(root: Path) -> None:
    replace(root, LESSON, " everybody-else-hears-the-message ", " ")
    replace(root, LESSON, "- ✓ everybody else hears a message, once\n", "")
    assert lines(root) == [
        f"{LESSON}: no task names the check everybody-else-hears-the-message; "
        "name it in the <!-- checks … --> of a task"
    ]


def test_a_check_that_there_is_not(root: Path) -> None:
    line = replace(root, LESSON, "<!-- checks the-sender", "<!-- checks it-works the-sender")
    assert lines(root) == [
        f"{LESSON}:{line}: step 5 has no check it-works; grader check 5 --list shows them"
    ]


def test_a_task_without_checks(root: Path) -> None:
    text = (root / LESSON).read_text(encoding="utf-8")
    first, second = re.findall(
        r"<!-- checks (.*?) -->\n\*Proved by\*\n\n(.*?)<!-- /checks -->\n", text, re.S
    )
    block = "<!-- checks {} -->\n*Proved by*\n\n{}<!-- /checks -->\n"
    replace(root, LESSON, block.format(*second), "")
    both = block.format(f"{first[0]} {second[0]}", first[1] + second[1])
    replace(root, LESSON, block.format(*first), both)
    assert lines(root) == [
        f"{LESSON}:{line_of(root, '### 2')}: no check proves task 2; "
        "write one <!-- checks ID ID … --> below it"
    ]


def test_a_step_without_checks(root: Path) -> None:
    for kind in ("steps", "solutions"):
        (root / kind / "step05_talk").rename(root / kind / "step999_talk")
    replace(root, "steps/step999_talk/step.toml", "number = 5", "number = 999\ncontinues = 4")
    lesson = "steps/step999_talk/README.md"
    text = (root / lesson).read_text(encoding="utf-8").replace("# Step 5", "# Step 999")
    write(root, lesson, text)
    unknown = [
        f"{lesson}:{text.count(chr(10), 0, match.start()) + 1}: "
        f"step 999 has no check {match[1].split()[0]}; grader check 999 --list shows them"
        for match in re.finditer("<!-- checks (.+?) -->", text)
    ]
    assert lines(root) == [
        *unknown,
        "steps/step999_talk: no check proves this step; write grader/makechat/checks/step999.py",
    ]
