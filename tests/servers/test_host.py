"""The host: what its protocol's other side can do to it, and that it ends with everything."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.servers.launcher import HostLauncher
from grader.servers.output import Output
from grader.servers.warm import WARM_MODULES, WarmHost
from tests.support import is_running, wait_until

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(1, flush=True)
time.sleep(600)
"""


@pytest.fixture
def warm() -> Iterator[WarmHost]:
    host = WarmHost(())
    yield host
    host.close()


class Caller:
    """The host's other end, by hand."""

    def __init__(self, warm: WarmHost, folder: Path) -> None:
        self._socket = warm.control
        warm.used = True
        self._buffer = b""
        self._folder = folder

    def hears(self) -> dict[str, Any]:
        while b"\n" not in self._buffer:
            self._buffer += self._socket.recv(4096)
        line, _, self._buffer = self._buffer.partition(b"\n")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def request(self, number: int, source: str) -> bytes:
        argv = [sys.executable, "-c", source]
        request = {"start": number, "folder": str(self._folder), "env": {}, "argv": argv}
        return json.dumps(request).encode() + b"\n"

    def start(self, number: int, source: str) -> int:
        """Start a program; the read end of its output."""
        read, write = os.pipe()
        socket.send_fds(self._socket, [self.request(number, source)], [write])
        os.close(write)
        return read


def test_the_host_says_when_it_is_ready_and_what_it_starts(warm: WarmHost, tmp_path: Path) -> None:
    caller = Caller(warm, tmp_path)
    assert caller.hears()["ready"] is True
    os.close(caller.start(7, "raise SystemExit(3)"))
    started = caller.hears()
    assert started == {"started": 7, "pid": started["pid"]}
    assert caller.hears() == {"ended": 7, "code": 3}


def test_what_it_is_asked_to_warm_is_imported_before_a_server_starts(
    warm: WarmHost, tmp_path: Path
) -> None:
    app = "import sys; sys.exit(7 if 'wave' in sys.modules else 3)"
    (tmp_path / "app.py").write_text(app, encoding="utf-8")
    caller = Caller(warm, tmp_path)
    warm.warm(["no_such_module", "wave"])
    assert caller.hears()["ready"] is True
    request = {"start": 1, "folder": str(tmp_path), "env": {}}
    read, write = os.pipe()
    socket.send_fds(warm.control, [json.dumps(request).encode() + b"\n"], [write])
    os.close(write)
    started = caller.hears()
    assert started == {"started": 1, "pid": started["pid"]}
    assert caller.hears() == {"ended": 1, "code": 7}
    os.close(read)


def test_a_host_that_has_died_is_not_asked_to_warm(warm: WarmHost) -> None:
    warm._process.kill()
    warm._process.wait()
    warm.warm(["wave"])


def test_a_request_may_come_in_pieces_and_several_at_once(warm: WarmHost, tmp_path: Path) -> None:
    caller = Caller(warm, tmp_path)
    assert caller.hears()["ready"] is True
    read, write = os.pipe()
    data = caller.request(1, "print(1)") + caller.request(2, "print(2)") + b'{"stop": 9, '
    socket.send_fds(warm.control, [data[:20]], [write, write])
    warm.control.sendall(data[20:])
    warm.control.sendall(b'"moment": 0}\n')
    os.close(write)
    answers = [caller.hears() for _ in range(4)]
    assert sorted(a["ended"] for a in answers if "ended" in a) == [1, 2]
    with os.fdopen(read, "rb") as output:
        assert sorted(output.read().split()) == [b"1", b"2"]


def test_closing_the_host_kills_what_it_has_started(warm: WarmHost, tmp_path: Path) -> None:
    caller = Caller(warm, tmp_path)
    output = caller.start(1, STUBBORN)
    assert caller.hears()["ready"] is True
    pid = caller.hears()["pid"]
    assert os.read(output, 1) == b"1"
    warm.close()
    assert not is_running(pid)
    os.close(output)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_only_the_end_of_the_socket_ends_the_host(
    warm: WarmHost, tmp_path: Path, number: signal.Signals
) -> None:
    caller = Caller(warm, tmp_path)
    assert caller.hears()["ready"] is True
    os.kill(warm._process.pid, number)
    os.close(caller.start(1, "pass"))
    assert "started" in caller.hears()


def test_the_host_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    source = """if True:
        import time
        from grader.servers.warm import WarmHost
        print(WarmHost()._process.pid, flush=True)
        time.sleep(600)
    """
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as user:
        assert user.stdout
        host = int(user.stdout.readline())
        user.kill()
    wait_until(lambda: not is_running(host), "the host to go")


def test_closing_twice_does_nothing_more(warm: WarmHost) -> None:
    warm.close()
    warm.close()


@pytest.mark.parametrize("used", [True, False])
def test_closing_waits_for_the_imports_only_where_something_may_run(used: bool) -> None:
    host = WarmHost()
    host.used = used
    host.close()
    assert host._process.returncode == (0 if used else -signal.SIGKILL)


def test_a_module_that_is_not_installed_holds_no_host_up(tmp_path: Path) -> None:
    host = WarmHost(("no_such_module", "json"))
    assert Caller(host, tmp_path).hears()["ready"] is True
    host.close()


SHADOWS = {
    "socketio.py": "print('the folder')",
    "aiohttp/__init__.py": "print('the folder')",
    "json.py": "print('the folder')",
    "logging/__init__.py": "print('the folder')",
}


@pytest.mark.parametrize("name", SHADOWS)
async def test_a_file_in_the_folder_wins_over_a_module_that_the_host_has(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(SHADOWS[name], encoding="utf-8")
    module = name.partition(".")[0].partition("/")[0]
    (tmp_path / "app.py").write_text(f"import {module}\nimport os\nos._exit(5)\n")
    launcher = HostLauncher(WarmHost(WARM_MODULES))
    process = await launcher.start(tmp_path, dict(os.environ), None, Output())
    assert await process.ended == 5
    await launcher.close()
    assert [line.text for line in process.output.lines()] == ["the folder"]
