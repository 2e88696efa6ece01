"""A file that hides an installed module is named; a name that one's own file lacks is not."""

import os
from pathlib import Path

import pytest

from grader.report.result import Where
from tests.makechat.test_reaching import app, named, not_ready


@pytest.mark.parametrize(
    ("module", "hides"),
    [("socketio", True), ("json", True), ("sessions", False), ("database", False)],
)
def test_only_a_file_with_the_name_of_an_installed_module_hides_one(
    tmp_path: Path, module: str, hides: bool
) -> None:
    app(tmp_path, "def other(): ...\n", name=f"{module}.py")
    app(tmp_path, f"import {module}\n{module}.wanted()\n")
    printed = f"""
        Traceback (most recent call last):
          File "{tmp_path / "app.py"}", line 2, in <module>
            {module}.wanted()
        AttributeError: module '{module}' has no attribute 'wanted'
        """
    mistake = named(tmp_path, not_ready(), printed=printed)
    assert (mistake is not None and mistake.id == "hides-a-package") == hides


@pytest.mark.parametrize(
    ("own", "error", "what"),
    [
        ("socketio.py", "No module named 'socketio.async_server'", "file socketio.py"),
        ("socketio/__init__.py", "No module named 'socketio.async_server'", "folder socketio"),
        (
            "socketio/__init__.py",
            "cannot import name 'AsyncServer' from 'socketio' (…)",
            "folder socketio",
        ),
    ],
)
def test_a_folder_hides_a_module_as_a_file_does(
    tmp_path: Path, own: str, error: str, what: str
) -> None:
    (tmp_path / own).parent.mkdir(exist_ok=True)
    app(tmp_path, "", name=own)
    app(tmp_path, "from socketio.async_server import AsyncServer\n")
    printed = f"""
        Traceback (most recent call last):
          File "{tmp_path / "app.py"}", line 1, in <module>
            from socketio.async_server import AsyncServer
        ModuleNotFoundError: {error}
        """
    mistake = named(tmp_path, not_ready(), printed=printed)
    assert mistake
    assert (mistake.id, mistake.where) == ("hides-a-package", Where(own, 1))
    assert mistake.text == (
        f"your own {what} hides the module socketio: Python looks in the folder of app.py first. "
        f"Give the {what.split()[0]} another name."
    )


def test_a_pipe_beside_the_server_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "chat.py")
    app(tmp_path, "import chat\n")
    assert named(tmp_path, not_ready()) is None
