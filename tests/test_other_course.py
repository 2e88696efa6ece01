"""A course of another application, with a package of its own: the engine knows nothing of it."""

import re
import shutil
from pathlib import Path

import pytest

from tests.support import ROOT, TESTS, grader, need_browser

STATIC = {"STATIC_DIR": str(ROOT / "static")}
ENGINE = ("browser", "checking", "clients", "course", "explaining", "history", "report", "servers")

# Events, rooms and classes of Make Chat that are no plain English words as well.
WORDS = (
    "new user",
    "new message",
    "get online users",
    "user has left",
    "new channel",
    "user changed channel",
    "get channels",
    "user count",
    '"General"',
    "username-input",
    "chat-input",
    "message-container",
    "users-online",
)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TESTS / "other_course", tmp_path / "course"))


def change(course: Path, name: str, old: str, new: str) -> None:
    file = course / "solutions" / "step01_echo" / name
    source = file.read_text()
    assert source.count(old) == 1
    file.write_text(source.replace(old, new))


def test_its_solution_passes_and_its_starter_fails(course: Path) -> None:
    run = grader("check", "1", "--solution", cwd=course, env=STATIC)
    assert run.code == 0
    assert re.sub(r"in \d+\.\d+ s", "in 0.10 s", run.out) == (
        "step 1 · Echo                                                      2 of 2 checks\n"
        "\n"
        "  ✓ everybody hears a shout in capitals\n"
        "  ✓ only the sender hears a whisper\n"
        "\n"
        "  3 of 3 points in 0.10 s\n"
        "  1 page check was not run: add --page\n"
    )
    assert grader("check", "1", cwd=course, env=STATIC).code == 1


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("text.upper()", "text", "a shout comes back in small letters: use upper()."),
        (", to=sid", "", "a whisper reaches everybody: give it to=sid."),
    ],
)
def test_its_mistakes_are_named(course: Path, old: str, new: str, named: str) -> None:
    change(course, "app.py", old, new)
    run = grader("check", "1", "--solution", cwd=course, env=STATIC)
    assert run.code == 1
    assert f"Looks like: {named}" in run.out


@pytest.mark.xdist_group("browser")
def test_its_page_is_used(course: Path) -> None:
    need_browser()
    run = grader("check", "1", "--solution", "--page", cwd=course, env=STATIC)
    assert (run.code, "✓ the wall shows what somebody shouts" in run.out) == (0, True)
    change(course, "public/index.js", "word.value", '"again"')
    run = grader("check", "1", "--solution", "--page", cwd=course, env=STATIC)
    assert run.code == 1
    assert "amy's page should" in run.out
    assert 'show "HELLO" in the wall' in run.out


def test_no_word_of_make_chat_stands_in_the_engine() -> None:
    files = [file for one in ENGINE for file in (ROOT / "grader" / one).rglob("*.py")]
    assert len(files) > 25
    found = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in files
        for word in WORDS
        if word in file.read_text(encoding="utf-8")
    ]
    assert found == []
