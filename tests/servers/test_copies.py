"""Without a world of its own, a server has a copy of its folder, and nobody sees the difference."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent

import pytest

from grader.servers import copies
from grader.servers.copies import Copies
from grader.servers.launcher import HostLauncher
from grader.servers.readiness import NotReadyError
from grader.servers.server import Submission, serving
from grader.servers.warm import WarmHost

WRITES = """
    import os, socket, time
    from pathlib import Path
    print(sorted(os.listdir()))
    Path("app.py").write_text("changed"); Path("users.json").write_text("{}")
    one = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
    time.sleep(600)
"""


@pytest.fixture
async def launcher() -> AsyncIterator[HostLauncher]:
    one = HostLauncher(WarmHost((), isolated=False))
    yield one
    await one.close()


def submission(folder: Path, source: str) -> Submission:
    (folder / "app.py").write_text(dedent(source), encoding="utf-8")
    return Submission(folder)


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def test_a_copy_is_written_to_alone(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("print()", encoding="utf-8")
    (tmp_path / "app.py").chmod(0o750)
    (tmp_path / "same.py").symlink_to("app.py")
    with Copies().for_one(tmp_path) as copy:
        assert (copy / "app.py").stat().st_mode == (tmp_path / "app.py").stat().st_mode
        assert (copy / "app.py").stat().st_nlink == 1
        assert (copy / "same.py").readlink() == Path("app.py")
        (copy / "same.py").write_text("changed", encoding="utf-8")
    assert (tmp_path / "app.py").read_text(encoding="utf-8") == "print()"
    assert not copy.exists()


@pytest.mark.parametrize("name", copies.LINKED)
def test_packages_and_the_history_are_linked(tmp_path: Path, name: str) -> None:
    (tmp_path / name / "package").mkdir(parents=True)
    with Copies().for_one(tmp_path) as copy:
        assert (copy / name).readlink() == tmp_path / name
    assert (tmp_path / name / "package").is_dir()


def test_what_is_too_large_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = Copies()
    with every.for_one(tmp_path) as copy:
        assert copy != tmp_path
    assert every.own
    (tmp_path / "large").write_bytes(bytes(1001))
    monkeypatch.setattr(copies, "MOST_BYTES", 1000)
    every = Copies()
    with every.for_one(tmp_path) as copy:
        assert copy == tmp_path
    assert not every.own


def test_what_is_for_all_is_copied_once(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    every = Copies()
    first = every.of(tmp_path / "static")
    assert first.name == "static"
    assert first.parent != tmp_path
    assert every.of(tmp_path / "static") == first
    assert every.of(tmp_path / "nothing") == tmp_path / "nothing"
    every.close()
    assert not first.parent.exists()


async def test_servers_side_by_side_meet_nothing_of_each_other(
    launcher: HostLauncher, tmp_path: Path
) -> None:
    what = submission(tmp_path, WRITES)
    printed = asyncio.Event()
    async with (
        serving(what, launcher, 5, printed.set) as one,
        serving(what, launcher, 5, printed.set) as other,
    ):
        for server in (one, other):
            assert server.output
            while not server.output.lines():  # it listens before we have read what it printed
                printed.clear()
                await printed.wait()
            assert server.output.lines()[0].text == "['app.py']"
    assert names(tmp_path) == ["app.py"]
    assert (tmp_path / "app.py").read_text(encoding="utf-8") == dedent(WRITES)


async def test_a_traceback_names_the_students_own_file(
    launcher: HostLauncher, tmp_path: Path
) -> None:
    with pytest.raises(NotReadyError) as caught:
        async with serving(submission(tmp_path, "1 / 0"), launcher, 5, lambda: None):
            pass
    lines = [line.text for line in caught.value.output.lines()]
    assert f'  File "{tmp_path / "app.py"}", line 1, in <module>' in lines
    assert not any(os.sep + "grader-" in line for line in lines)
