"""What Flask-SocketIO does in another way than the course's server is named in its own words."""

import json
from pathlib import Path

import pytest

from tests.support import TESTS, grader

SOURCE = (TESTS / "right" / "flask_plain" / "app.py").read_text(encoding="utf-8")


def mistake(folder: Path, old: str, new: str, title: str) -> tuple[str, str, int]:
    """Id, text and line of the mistake that a check names once the server is changed."""
    assert SOURCE.count(old) == 1
    (folder / "app.py").write_text(SOURCE.replace(old, new), encoding="utf-8")
    run = grader("check", "5", "--path", str(folder), "-k", title, "--json")
    assert (run.code, run.err) == (1, "")
    (check,) = json.loads(run.out)["steps"][0]["checks"]
    found = check["mistake"]
    return found["id"], found["text"], found["where"]["line"]


@pytest.mark.parametrize(
    ("old", "new", "title", "named", "text"),
    [
        (
            'emit("new message", data, broadcast=True)',
            'emit("new message", data, broadcast=True, include_self=False)',
            "the sender of a message hears it",
            "sender-left-out",
            "include_self=False leaves the sender out",
        ),
        (
            'emit("new message", data, broadcast=True)',
            'emit("new message", data)',
            "everybody else hears a message",
            "only-the-sender",
            "In a handler emit(...) answers the sender; with broadcast=True it reaches all.",
        ),
        (
            '@socketio.on("new message")',
            '@socketio.on("new mesage")',
            "the sender of a message hears it",
            "misspelt-event",
            'the server listens to "new mesage", and the page sends "new message".',
        ),
    ],
)
def test_it_is_named(tmp_path: Path, old: str, new: str, title: str, named: str, text: str) -> None:
    found, said, line = mistake(tmp_path, old, new, title)
    assert found == named
    assert text in said
    before = SOURCE[: SOURCE.index(old)].count("\n") + 1
    assert before <= line <= before + 1
