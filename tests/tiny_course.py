"""A whole course of two steps, small enough to be broken in every way."""

import base64
import hashlib
import json
import re
import textwrap
from pathlib import Path

from grader.checking import suite
from grader.course.course import Course, find_course
from grader.dev import lessons
from grader.dev.lint import lint

START, SOLVED = "steps/step05_talk", "solutions/step05_talk"
BEFORE = "solutions/step04_join"
LESSON = f"{START}/README.md"
BOOK = "notebooks/01_frames.ipynb"
DRIFT = "is not what the files say; run grader dev lessons"

APP = """\
import os

import chat
import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)
chat.register(sio)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
"""

CHAT = """\
def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)
"""

HEARS = """
    @sio.on("new message")
    async def new_message(sid, data):
        await sio.emit("new message", data)
"""

PAGE = """\
<!doctype html>
<html lang="en">
  <title>Chat</title>
  <script type="module" src="/public/index.js"></script>
  <ul class="users">
    <li>nobody</li>
  </ul>
</html>
"""

SCRIPT = 'const users = document.querySelector(".users");\n'
SHOWS = """
function show(text) {
  users.append(text);
}
"""

STYLE = ".users {\n  width: 10px;\n}\n"

CODE = {
    "steps/step04_join": {
        "app.py": APP,
        "chat.py": "# TODO 1: handle new user.\n# TODO 2: tell all.\ndef register(sio): ...\n",
        "public/index.html": PAGE,
        "public/index.js": SCRIPT,
        "public/style.css": STYLE,
        "step.toml": 'number = 4\ntitle = "Join"\ncontinues = 0\n',
    },
    "solutions/step04_join": {
        "app.py": APP,
        "chat.py": CHAT,
        "public/index.html": PAGE,
        "public/index.js": SCRIPT,
        "public/style.css": STYLE,
    },
    "steps/step05_talk": {
        "app.py": APP,
        "chat.py": CHAT + "\n    # TODO 1: handle new message.\n",
        "public/index.html": PAGE.replace("</li>\n", "</li>\n    <!-- TODO 2: a list -->\n"),
        "public/index.js": SCRIPT + "\n// TODO 2: show a message.\n",
        "public/style.css": "/* TODO 2: make it wide. */\n" + STYLE,
        "step.toml": 'number = 5\ntitle = "Talk"\n',
        "images/page.png": "no picture, but a file",
    },
    "solutions/step05_talk": {
        "app.py": APP,
        "chat.py": CHAT + HEARS,
        "public/index.html": PAGE,
        "public/index.js": SCRIPT + SHOWS,
        "public/style.css": STYLE.replace("10px", "20px"),
    },
}

CLIENT = b"// the browser's client\n"
HASH = base64.b64encode(hashlib.sha384(CLIENT).digest()).decode()
VERSION = "4.8.4"
SHARED = {
    "static/socket.io.js": (
        f'const published = "https://cdn/npm/socket.io-client@{VERSION}/dist/socket.io.min.js";\n'
        f'const integrity = "sha384-{HASH}";\n'
    ),
    "static/package-lock.json": json.dumps(
        {"packages": {"node_modules/socket.io-client": {"version": VERSION}}}
    ),
    "static/node_modules/socket.io-client/dist/socket.io.min.js": CLIENT.decode(),
    "notebooks/01_frames.ipynb": json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "id": "a", "source": ""},
                {"cell_type": "code", "id": "b", "outputs": [], "execution_count": None},
            ]
        }
    ),
    "steps/README.md": "Begin [here](step04_join/README.md).\n\n"
    "<!-- quote solutions/step04_join/chat.py: def register -->\n<!-- /quote -->\n",
    ".gitignore": "node_modules/\n__pycache__/\n",
}


def lesson(number: int, title: str, picture: str, message: str) -> str:
    """A lesson in the right form, whose tasks name all checks, not yet generated."""
    ids: dict[int, list[str]] = {}
    found = suite.of_step(number)
    for task, checks in ((1, found.server), (2, found.page)):
        ids[task] = [check.id for check in checks if check in found.own]
    prose = textwrap.fill("A word is short, and so is a sentence. " * 30, 80)
    return f"""\
# Step {number} · {title}

{prose}

## What you will see

{picture}

## Where we are

Run it.

## Build it

### 1 · Hear it (`chat.py`)

Handle it:

<!-- quote solution/chat.py: async def new_user … await -->
<!-- /quote -->
<!-- writes solution/chat.py: def register … -->

<!-- checks {" ".join(ids[1])} -->
<!-- /checks -->

### 2 · Show it (`chat.py`, `public/index.js`)

Show it.

<!-- checks {" ".join(ids[2])} -->
<!-- /checks -->

## Check yourself

Check it.

## Hints

<details><summary>1: where</summary>

In `register`.

</details>

<details><summary>2: what</summary>

<!-- quote solution/public/index.js: const users -->
<!-- /quote -->

</details>

## What changed

<!-- diff -->
<!-- /diff -->

## Underneath

Bytes.

## Go further

See [the step before](../step04_join/README.md#build-it), or <https://example.org>.

## Commit

```
git commit -am "{message}"
```
"""


def make(root: Path) -> Course:
    """Write the course, its lessons generated, into the folder."""
    texts = {f"{folder}/{n}": text for folder, code in CODE.items() for n, text in code.items()}
    texts["steps/step04_join/README.md"] = lesson(4, "Join", "A name.", "Users can join")
    picture = "![A page](images/page.png)"
    texts["steps/step05_talk/README.md"] = lesson(5, "Talk", picture, "Users can talk")
    for name, text in (texts | SHARED).items():
        write(root, name, text)
    course = find_course(root)
    _, wrong = lessons.write(course)
    assert not wrong
    return course


def lines(root: Path, *, quick: bool = True) -> list[str]:
    """What the linter says of the course."""
    return [str(violation) for violation in lint(find_course(root), quick=quick)]


def write(root: Path, name: str, text: str) -> None:
    """Write a file of the course."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def replace(root: Path, name: str, old: str, new: str) -> int:
    """Replace what is there once; the line in which the new text begins."""
    text = (root / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    write(root, name, text.replace(old, new))
    return text.count("\n", 0, text.index(old)) + 1


def line_of(root: Path, text: str) -> int:
    """The first line of step 5's lesson with this text in it."""
    lesson = (root / LESSON).read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lesson, 1) if text in line)


# A file, what is replaced in it, by what, and what the linter says then. :N: is the line of the
# replacement, :@TEXT@: the first line of step 5's lesson with TEXT in it.
Edit = tuple[str, str, str, list[str]]


def after_edit(root: Path, edit: Edit) -> tuple[list[str], list[str]]:
    """What the linter says after the edit, and what it should say."""
    name, old, new, expected = edit
    line = replace(root, name, old, new)
    filled = (one.replace(":N:", f":{line}:") for one in expected)
    return lines(root), [
        re.sub(":@(.+?)@:", lambda match: f":{line_of(root, match[1])}:", one) for one in filled
    ]
