"""The right port: PORT first, then where Socket.IO answers; and what is nobody's server."""

from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from grader.servers import ports
from grader.servers.launcher import HostLauncher
from grader.servers.readiness import NotReadyError
from grader.servers.server import Submission, serving
from grader.servers.warm import WarmHost

METRICS = """
    import os, threading, time
    from http.server import HTTPServer, SimpleHTTPRequestHandler
    metrics = HTTPServer(("127.0.0.1", {metrics}), SimpleHTTPRequestHandler)
    threading.Thread(target=metrics.serve_forever, daemon=True).start()
    time.sleep({pause})
"""
SOCKETIO = """
    import os, socketio
    from aiohttp import web
    sio = socketio.AsyncServer(async_mode="aiohttp")
    app = web.Application()
    sio.attach(app)

    @sio.event
    async def connect(sid, environ):
        print("a client")

    web.run_app(app, host="{host}", port={port}, print=None)
"""
PORT = 'int(os.environ["PORT"])'


@pytest.fixture
async def launcher() -> AsyncIterator[HostLauncher]:
    one = HostLauncher(WarmHost(()))
    yield one
    await one.close()


def serve(
    folder: Path, source: str, launcher: HostLauncher, *, seconds: float = 5, **more: Any
) -> Any:
    (folder / "app.py").write_text("".join(dedent(s) for s in source.split("\0")), encoding="utf-8")
    return serving(Submission(folder), launcher, seconds, lambda: None, **more)


async def test_a_port_for_metrics_is_nobodys_server(launcher: HostLauncher, tmp_path: Path) -> None:
    source = (
        METRICS.format(metrics=0, pause=0.6) + "\0" + SOCKETIO.format(host="127.0.0.1", port=PORT)
    )
    async with serve(tmp_path, source, launcher, socketio=True) as server:
        assert server.elsewhere is None


async def test_another_port_is_believed_where_socketio_answers(
    launcher: HostLauncher, tmp_path: Path
) -> None:
    metrics, port = sorted((ports.free_port(), ports.free_port()))
    source = (
        METRICS.format(metrics=metrics, pause=0)
        + "\0"
        + SOCKETIO.format(host="127.0.0.1", port=port)
    )
    async with serve(tmp_path, source, launcher, socketio=True) as server:
        assert server.elsewhere == port
        assert all(line.text != "a client" for line in server.output.lines())


@pytest.mark.parametrize("status", [401, 403])
async def test_another_port_is_believed_where_socketio_lets_nobody_in(
    launcher: HostLauncher, tmp_path: Path, status: int
) -> None:
    port = ports.free_port()
    source = f"""
        from aiohttp import web

        async def keep_out(request):
            return web.json_response({{"code": 4, "message": "Forbidden"}}, status={status})

        app = web.Application()
        app.router.add_get("/socket.io/", keep_out)
        web.run_app(app, host="127.0.0.1", port={port}, print=None)
    """
    async with serve(tmp_path, source, launcher, socketio=True) as server:
        assert server.elsewhere == port


async def test_where_nothing_answers_it_says_where_it_listened(
    launcher: HostLauncher, tmp_path: Path
) -> None:
    port = ports.free_port()
    source = METRICS.format(metrics=port, pause=600)
    with pytest.raises(NotReadyError) as caught:
        async with serve(tmp_path, source, launcher, seconds=0.5, socketio=True):
            pass
    assert f"listened on port {port}, where nobody answers at /socket.io/" in caught.value.instead


@pytest.mark.parametrize("host", ["::", "::1"])
async def test_a_server_that_only_ipv6_reaches_is_told_so(
    launcher: HostLauncher, tmp_path: Path, host: str
) -> None:
    source = SOCKETIO.format(host=host, port=PORT)
    with pytest.raises(NotReadyError) as caught:
        async with serve(tmp_path, source, launcher, seconds=1.5, socketio=True):
            pass
    assert caught.value.instead.startswith(f"listened at [{host}]:{caught.value.port}, but not at")


async def test_the_work_of_a_child_counts(launcher: HostLauncher, tmp_path: Path) -> None:
    source = """
        import os, subprocess, sys, time
        if "CHILD" not in os.environ:
            sys.exit(subprocess.call([sys.executable, "app.py"], env={**os.environ, "CHILD": "1"}))
        while time.process_time() < 0.9:
            pass
        import socket
        one = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
        time.sleep(600)
    """
    async with serve(tmp_path, source, launcher, seconds=0.6) as server:
        assert server.elsewhere is None


async def test_a_parent_that_listens_is_ready_once_its_child_serves(
    launcher: HostLauncher, tmp_path: Path
) -> None:
    source = """
        import os, socket, subprocess, sys, time
        if "FD" not in os.environ:
            one = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
            env = {**os.environ, "FD": str(one.fileno())}
            again = [sys.executable, "app.py"]
            sys.exit(subprocess.call(again, env=env, pass_fds=[one.fileno()]))
        while time.process_time() < 0.9:
            pass
        one = socket.socket(fileno=int(os.environ["FD"]))
        print("serves")
        while True:
            client, _ = one.accept()
            client.recv(4096)
            client.sendall(b"HTTP/1.1 404 Not Found\\r\\n\\r\\n")
            client.close()
    """
    async with serve(tmp_path, source, launcher, seconds=0.6) as server:
        assert [line.text for line in server.output.lines()] == ["serves"]


async def test_a_parent_whose_child_never_serves_is_not_waited_for_without_end(
    launcher: HostLauncher, tmp_path: Path
) -> None:
    source = """
        import os, socket, subprocess, sys
        one = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
        subprocess.call(["sleep", "600"])
    """
    async with serve(tmp_path, source, launcher) as server:
        assert server.elsewhere is None
        assert server.exit_code is None


async def test_who_only_listens_is_not_asked_anything(
    launcher: HostLauncher, tmp_path: Path
) -> None:
    source = """
        import os, socket
        one = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
        while True:
            one.accept()
            print("a client")
    """
    async with serve(tmp_path, source, launcher) as server:
        assert server.output.lines() == []
