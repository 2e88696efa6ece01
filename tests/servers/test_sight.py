"""What starts a server is shown to it, wherever it is; see tests/servers/test_contained.py too."""

import shutil
import sys
from pathlib import Path

import pytest

from grader.servers import sight
from grader.servers.launcher import HostLauncher
from grader.servers.server import Submission, serving
from grader.servers.warm import WarmHost

SERVES = """
import os, socket, sys, time
print(sys.prefix)
one = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "class" / "amy"
    folder.mkdir(parents=True)
    (folder / "server.py").write_text(SERVES, encoding="utf-8")
    return folder


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """A virtual environment beside the class, as far as Python has to find it."""
    place = tmp_path / "tools" / "venv"
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "python").symlink_to(sys.executable)
    (place / "lib").mkdir()
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", place)
    return place


@pytest.mark.parametrize(
    "command",
    ["{venv}/bin/python server.py", "../../tools/venv/bin/python x", "sh -c '{venv}/bin/python x'"],
)
def test_the_program_of_a_command_is_shown_with_its_packages(
    folder: Path, venv: Path, command: str
) -> None:
    seen = sight.of(folder, folder, folder, command.format(venv=venv))
    assert {str(venv), str(venv / "bin")} & set(seen.shown)
    assert str(folder.parent) in seen.hidden


@pytest.mark.parametrize(
    "command", ["", "python server.py", "/no/such/bin/python x", "node ./x.js"]
)
def test_what_no_command_names_stays_hidden(folder: Path, venv: Path, command: str) -> None:
    seen = sight.of(folder, folder, folder, command)
    assert not any(str(venv) in path for path in seen.shown)


@pytest.mark.parametrize(("name", "is_shown"), [("node_modules", True), ("secrets", False)])
def test_packages_that_a_submission_links_to_are_shown(
    folder: Path, tmp_path: Path, name: str, is_shown: bool
) -> None:
    store = tmp_path / "store" / name
    store.mkdir(parents=True)
    (folder / "node_modules").symlink_to(store)
    assert (str(store) in sight.of(folder, folder, folder).shown) is is_shown


def test_packages_beside_an_installed_grader_are_shown(
    folder: Path, venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its course is in it, and so among them."""
    installed = venv / "lib" / "grader"
    course = installed / "makechat" / "course"
    static = course / "static"
    static.mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(venv))
    monkeypatch.setattr(sight, "_GRADER", installed)
    seen = sight.of(folder, course, static)
    assert {str(venv), str(static)} <= set(seen.shown)
    assert {str(installed), str(course)} <= set(seen.hidden)


async def test_a_command_runs_from_where_it_is(folder: Path, venv: Path) -> None:
    launcher = HostLauncher(WarmHost(()))
    command = f"{venv}/bin/python server.py"
    try:
        world = await launcher.world()
        async with serving(
            Submission(folder, command), launcher, 5, lambda: None, world=world
        ) as server:
            assert server.output
            assert [line.text for line in server.output.lines()] == [str(venv)]
    finally:
        await launcher.close()


def test_a_folder_of_path_that_nobody_may_look_into_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, too_long = (
        folder.parent / "bin",
        "/root/" + "x" * 300,
    )  # looking at it fails, for root too
    there.mkdir()
    monkeypatch.setenv("PATH", f"{too_long}/bin:{there}")
    seen = sight.of(folder, folder, folder)
    assert str(there) in seen.shown
    assert not any("xxx" in path for path in seen.shown)
