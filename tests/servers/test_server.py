"""A server is ready once it listens itself: on its port, elsewhere, or never."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from grader.servers import ports
from grader.servers.direct import SubprocessLauncher
from grader.servers.launcher import HostLauncher
from grader.servers.protocol import Launcher
from grader.servers.readiness import NotReadyError
from grader.servers.server import Server, Submission, serving
from grader.servers.warm import WarmHost
from tests.support import is_running, wait_until

PATIENCE = 0.5  # seconds; stretched where the machine is busy

LAUNCHERS: dict[str, Callable[[], Launcher]] = {
    "host": lambda: HostLauncher(WarmHost(())),
    "subprocess": SubprocessLauncher,
}

LISTENS = """
    import os, socket, time
    port = int(os.environ["PORT"])
    print("at", port)
    one = socket.create_server(("127.0.0.1", port))
    time.sleep(600)
"""


@pytest.fixture(params=LAUNCHERS)
async def launcher(request: pytest.FixtureRequest) -> AsyncIterator[Launcher]:
    one = LAUNCHERS[request.param]()
    yield one
    await one.close()


def submission(folder: Path, source: str, command: str | None = None) -> Submission:
    (folder / "app.py").write_text(dedent(source), encoding="utf-8")
    return Submission(folder, command)


def serve(what: Submission, launcher: Launcher | None, **more: Any) -> Any:
    return serving(what, launcher, PATIENCE, lambda: None, **more)


def connects(server: Server) -> bool:
    return ports.is_listened_on(int(server.url.rpartition(":")[2]))


async def test_a_server_is_ready_when_it_listens_on_its_port(
    launcher: Launcher, tmp_path: Path
) -> None:
    async with serve(submission(tmp_path, LISTENS), launcher) as server:
        assert connects(server)
        assert server.url == f"http://127.0.0.1:{server.asked_port}"
        assert server.elsewhere is None
        assert server.exit_code is None
    assert not connects(server)
    assert not is_running(server.process.pid)


async def test_a_server_finds_what_is_special_to_it_and_a_folder_of_its_own(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE", "the caller's own")
    says = f"import os; print(os.environ['DATABASE'], flush=True)\n{dedent(LISTENS)}"
    special = {"DATABASE": "sqlite:///{scratch}/users"}
    folders = []
    for _ in range(2):
        async with serve(submission(tmp_path, says), launcher, special=special) as server:
            # It may come a moment after the server is ready.
            await asyncio.to_thread(wait_until, server.output.lines, "what it prints")
            printed = server.output.lines()[0].text
            assert printed.startswith("sqlite:///") and printed.endswith("/users")
            folders.append(Path(printed.removeprefix("sqlite:///")).parent)
            assert [*folders[-1].iterdir()] == []
            (folders[-1] / "users").touch()
    assert folders[0] != folders[1]
    assert [folder.exists() for folder in folders] == [False, False]


async def test_a_command_is_run_as_a_shell_would_split_it(
    launcher: Launcher, tmp_path: Path
) -> None:
    what = submission(tmp_path, LISTENS, f"'{sys.executable}' -u \"app.py\"")
    async with serve(what, launcher) as server:
        assert connects(server)


async def test_the_server_may_be_a_child_of_what_was_started(
    launcher: Launcher, tmp_path: Path
) -> None:
    what = submission(tmp_path, LISTENS, f"sh -c '{sys.executable} app.py; exit 0'")
    async with serve(what, launcher) as server:
        assert connects(server)


async def test_a_server_on_a_port_of_its_own_choice_is_found_there(
    launcher: Launcher, tmp_path: Path
) -> None:
    port = ports.free_port()
    what = submission(tmp_path, LISTENS.replace('int(os.environ["PORT"])', str(port)))
    async with serve(what, launcher) as server:
        assert server.url == f"http://127.0.0.1:{port}"
        assert server.elsewhere == port
    async with serve(what, launcher, elsewhere=port) as again:
        assert again.elsewhere == port


async def test_its_own_port_is_preferred_to_another_one_that_it_opens_first(
    launcher: Launcher, tmp_path: Path
) -> None:
    what = submission(
        tmp_path,
        """
        import os, socket, time
        first = socket.create_server(("127.0.0.1", 0))
        time.sleep(0.05)
        second = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
        time.sleep(600)
        """,
    )
    async with serve(what, launcher) as server:
        assert server.elsewhere is None


async def test_another_programs_server_is_not_taken_for_the_students(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = submission(tmp_path, "import time\ntime.sleep(600)\n")
    with socket.create_server(("127.0.0.1", 0)) as stale:
        monkeypatch.setattr(ports, "free_port", lambda: stale.getsockname()[1])
        with pytest.raises(NotReadyError, match=r"^it never listened$") as caught:
            async with serve(what, launcher):
                pass
    assert caught.value.code is None


async def test_a_program_that_ends_is_not_ready_and_says_how_it_ended(
    launcher: Launcher, tmp_path: Path
) -> None:
    what = submission(tmp_path, "print('goodbye')\nraise SystemExit(3)\n")
    with pytest.raises(NotReadyError, match=r"^exit code 3$") as caught:
        async with serve(what, launcher):
            pass
    assert caught.value.code == 3
    assert [line.text for line in caught.value.output.lines()] == ["goodbye"]


async def test_a_program_that_prints_without_end_is_not_ready(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.servers.output.FLOOD_BYTES", 10_000)
    with pytest.raises(NotReadyError) as caught:
        async with serve(submission(tmp_path, "while True:\n    print('x' * 99)\n"), launcher):
            pass
    assert caught.value.code is None
    assert caught.value.output.flooded


async def test_a_server_that_computes_before_it_listens_is_given_more_time(
    launcher: Launcher, tmp_path: Path
) -> None:
    computes = f"import time\nwhile time.process_time() < {PATIENCE * 1.5}:\n    pass\n"
    async with serve(submission(tmp_path, computes + dedent(LISTENS)), launcher) as server:
        assert connects(server)


async def test_a_port_that_somebody_takes_meanwhile_is_exchanged_for_another(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, what = asyncio.Event(), submission(tmp_path, LISTENS)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = ports.free_port()
        handed_out = iter([taken.getsockname()[1], free])
        monkeypatch.setattr(ports, "free_port", lambda: next(handed_out))
        async with serving(what, launcher, PATIENCE, told.set) as server:
            assert server.url == f"http://127.0.0.1:{free}"
            assert server.output
            while not server.output.lines():  # it listens before we have read what it printed
                told.clear()
                await told.wait()
            assert [line.text for line in server.output.lines()] == [f"at {free}"]


async def test_after_three_ports_that_are_taken_it_gives_up(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(ports, "free_port", lambda: taken.getsockname()[1])
        with pytest.raises(OSError, match=r"^three free ports in a row were taken by other"):
            async with serve(submission(tmp_path, LISTENS), launcher):
                pass


async def test_a_server_is_stopped_when_the_check_is_broken_off(
    launcher: Launcher, tmp_path: Path
) -> None:
    servers = []
    with pytest.raises(ZeroDivisionError):
        async with serve(submission(tmp_path, LISTENS), launcher) as server:
            servers.append(server)
            raise ZeroDivisionError
    assert not is_running(servers[0].process.pid)


async def test_whoever_waits_is_told_when_the_server_prints_and_when_it_ends(
    launcher: Launcher, tmp_path: Path
) -> None:
    told = asyncio.Event()
    what = submission(tmp_path, LISTENS.replace("time.sleep(600)", "one.accept()"))
    async with serving(what, launcher, PATIENCE, told.set) as server:
        await told.wait()
        told.clear()
        assert connects(server)
        await told.wait()
        assert server.exit_code == 0


async def test_a_running_server_is_taken_as_it_is() -> None:
    async with serve(Submission(None, url="http://127.0.0.1:3000/"), None) as server:
        assert server.url == "http://127.0.0.1:3000"
        assert (server.output, server.exit_code, server.elsewhere) == (None, None, None)


@pytest.mark.parametrize("url", ["http://example.org", "http://[::1]", "https://a.b/chat?x=1:y"])
async def test_a_running_server_need_not_name_its_port(url: str) -> None:
    async with serve(Submission(None, url=url), None) as server:
        assert server.elsewhere is None
