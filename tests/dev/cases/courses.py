"""A course of one step in a git repository, whose solution can be changed, and a case of it."""

from pathlib import Path

import pytest

from grader.dev.git import Git

SOLUTION = """\
def register(sio):
    @sio.on("new user")
    async def new_user(sid, name):
        await sio.emit("new user", name)
"""

CASE = """\
Nobody is told but the user who joins.

mistake: only-the-sender

change chat.py
-        await sio.emit("new user", name)
+        await sio.emit("new user", name, to=sid)

report
  ✗ everybody else hears            0 of 1 point
"""


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def commit(root: Path, files: dict[str, str]) -> None:
    """Write the files and commit them."""
    write(root, files)
    git = Git(root)
    if not git.is_repository():
        git("init", "-q")
    git("add", ".")
    author = ("-c", "user.name=A", "-c", "user.email=a@b")
    git(*author, "commit", "-q", "-m", "Change the course")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of such a course."""
    commit(
        tmp_path,
        {
            "steps/step04_join/step.toml": 'number = 4\ntitle = "Join"\ncontinues = 0\n',
            "steps/step04_join/app.py": "",
            "solutions/step04_join/app.py": "import chat\n",
            "solutions/step04_join/chat.py": SOLUTION,
            "solutions/notebooks/02_frames.py": "def length(data):\n    return len(data)\n",
            "tests/cases/step04/sender_only.case": CASE,
        },
    )
    return tmp_path
