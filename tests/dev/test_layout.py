"""Folders with what belongs in them, and no links."""

import shutil
from pathlib import Path

from tests.tiny_course import (
    BEFORE,
    DRIFT,
    LESSON,
    SOLVED,
    START,
    line_of,
    lines,
    replace,
    write,
)


def test_two_steps_of_one_number(root: Path) -> None:
    shutil.copytree(root / "steps/step04_join", root / "steps/step04_again")
    shutil.copytree(root / "solutions/step04_join", root / "solutions/step04_again")
    assert lines(root) == [
        "steps/step04_join/step.toml: it has number 4, as has steps/step04_again; "
        "give each step its own"
    ]


def test_a_step_that_continues_none(root: Path) -> None:
    shutil.rmtree(root / "steps/step04_join")
    assert lines(root) == [
        f"{START}/step.toml: it continues step 4, and there is no such step; "
        "write continues = N, or continues = 0 for a new app",
        "solutions/step04_join: it belongs to no step; name it as its step's folder, or remove it",
        "steps/README.md:1: it links to step04_join/README.md, which is not there; fix the link",
        f"{LESSON}:{line_of(root, '<!-- diff')}: this diff block {DRIFT}",
        f"{LESSON}:{line_of(root, 'See [the')}: it links to ../step04_join/README.md, "
        "which is not there; fix the link",
    ]


def test_a_step_that_holds_none(root: Path) -> None:
    replace(root, f"{START}/step.toml", 'title = "Talk"', 'title = "Talk"\nholds = [3, 4]')
    assert lines(root) == [
        f"{START}/step.toml: it holds step 3, and there is no such step; "
        "write holds = [N], of steps that are here"
    ]


def test_a_folder_of_another_number(root: Path) -> None:
    for kind in ("steps", "solutions"):
        (root / kind / "step05_talk").rename(root / kind / "step5_talk")
    assert lines(root) == [
        "steps/step5_talk: the folder of step 5 is called step5_talk; "
        "let its name begin with step05_"
    ]


def test_a_folder_of_no_step(root: Path) -> None:
    (root / "steps/step06_more").mkdir()
    assert lines(root) == [
        "steps/step06_more: it belongs to no step; give it a step.toml, or remove it"
    ]


def test_no_app(root: Path) -> None:
    for folder in ("steps", "solutions"):
        (root / folder / "step04_join/app.py").unlink()
        (root / folder / "step05_talk/app.py").unlink()
    fix = "app.py is missing; every starter and solution has one"
    assert lines(root) == [
        f"{folder}: {fix}" for folder in ("steps/step04_join", BEFORE, START, SOLVED)
    ]


def test_stray_files(root: Path) -> None:
    for name in (".env", "notes.txt", "images/page.svg", "images/.page.png", "public/.DS_Store"):
        write(root, f"{START}/{name}", "")
    for name in ("README.md", "step.toml", "app.pyc", "images/page.png", "public/.DS_Store"):
        write(root, f"{SOLVED}/{name}", "")
    write(root, f"{SOLVED}/__pycache__/app.pyc", "")
    write(root, f"{SOLVED}/chat.sqlite3", "")
    write(root, f"{SOLVED}/chat.sqlite3-journal", "")
    starter = "it is no part of a starter; a starter is *.py, public/, README.md, step.toml"
    solution = "it is no part of a solution; a solution is *.py and public/ alone"
    strange = (".env", "images/.page.png", "images/page.svg", "notes.txt", "public/.DS_Store")
    extra = ("README.md", "app.pyc", "images/page.png", "public/.DS_Store", "step.toml")
    assert lines(root) == [
        *(f"{START}/{name}: {starter} and images/*.png" for name in strange),
        *(f"{SOLVED}/{name}: {solution}" for name in extra),
    ]


def test_symbolic_links(root: Path) -> None:
    app, loader = root / START / "app.py", root / "static/socket.io.js"
    app.unlink()
    app.symlink_to(root / BEFORE / "app.py")
    loader.symlink_to(loader.rename(root / "loader.js"))
    fix = "it is a symbolic link; make it a copy: links break in zip files and on Windows"
    assert lines(root) == [f"{START}/app.py: {fix}", f"static/socket.io.js: {fix}"]
