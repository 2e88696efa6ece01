"""Worlds: what is inside reaches itself and nothing else, and its clients reach it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent

import aiohttp
import pytest

from grader.servers.host import isolation
from grader.servers.launcher import HostLauncher, a_world
from grader.servers.server import Submission, serving
from grader.servers.warm import WarmHost
from grader.servers.world import MACHINE, SOCKETS, OwnWorld, World
from tests.support import open_files

SERVES = """
    import os, socket
    one = socket.create_server(("127.0.0.1", {port}))
    print("listens")
    while True:
        with one.accept()[0] as client:
            client.send(str(os.getpid()).encode())
"""
REACHES = """
    import socket
    try:
        socket.create_connection(("127.0.0.1", {port}), timeout=1)
        print("reached")
    except OSError as error:
        print(type(error).__name__)
"""


@pytest.fixture
async def launcher() -> AsyncIterator[HostLauncher]:
    one = HostLauncher(WarmHost((), isolated=True))
    yield one
    await one.close()


@pytest.fixture
async def world(launcher: HostLauncher) -> AsyncIterator[OwnWorld]:
    async with a_world(launcher) as one:
        if not isinstance(one, OwnWorld):
            pytest.skip("this machine gives no network of one's own")
        yield one


def submission(folder: Path, source: str) -> Submission:
    (folder / "app.py").write_text(dedent(source), encoding="utf-8")
    return Submission(folder)


async def said(world: World, port: int) -> bytes:
    """What the server there says to a client of that world."""
    connected = await world.connect("127.0.0.1", port)
    reader, writer = await asyncio.open_connection(sock=connected)
    answer = await reader.read()
    writer.close()
    return answer


async def test_two_servers_have_one_port_each_in_its_world(
    launcher: HostLauncher, world: OwnWorld, tmp_path: Path
) -> None:
    what = submission(tmp_path, SERVES.format(port=3000))
    async with (
        a_world(launcher) as other,
        serving(what, launcher, 5, lambda: None, world=world) as one,
        serving(what, launcher, 5, lambda: None, world=other) as two,
    ):
        assert (one.elsewhere, two.elsewhere) == (3000, 3000)
        pids = [await said(world, 3000), await said(other, 3000)]
        assert one.process and two.process
        assert pids[0] != pids[1]


async def test_what_runs_on_the_machine_is_not_there(
    launcher: HostLauncher, world: OwnWorld, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:
        port = outside.getsockname()[1]
        what = submission(tmp_path, REACHES.format(port=port) + SERVES.format(port=port))
        async with serving(what, launcher, 5, lambda: None, world=world) as server:
            assert server.output
            printed = [line.text for line in server.output.lines()]
            assert printed == ["ConnectionRefusedError", "listens"]
            with pytest.raises(BlockingIOError):
                outside.setblocking(False)
                outside.accept()


async def test_servers_of_one_world_reach_each_other(
    launcher: HostLauncher, world: OwnWorld, tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = submission(tmp_path / "one", SERVES.format(port=3000))
    second = submission(
        tmp_path / "two", REACHES.format(port=3000) + SERVES.format(port='int(os.environ["PORT"])')
    )
    async with (
        serving(first, launcher, 5, lambda: None, world=world) as one,
        serving(second, launcher, 5, lambda: None, world=world) as two,
    ):
        assert one.elsewhere == 3000
        assert two.elsewhere is None
        assert two.output
        assert two.output.lines()[0].text == "reached"


async def test_there_are_as_many_sockets_as_anybody_needs(world: OwnWorld) -> None:
    made = [world.new_socket() for _ in range(3 * SOCKETS)]
    made.append(world.new_socket(socket.AF_INET6))
    assert made[-1].family == socket.AF_INET6
    made[0].bind(("127.0.0.1", 3000))
    made[0].listen()
    for one in made[1:-1]:
        one.connect(("127.0.0.1", 3000))
    with pytest.raises(ConnectionRefusedError):
        MACHINE.new_socket().connect(("127.0.0.1", 3000))
    for one in made:
        one.close()


async def test_aiohttp_gets_in(launcher: HostLauncher, world: OwnWorld, tmp_path: Path) -> None:
    source = """
        import os
        from aiohttp import web
        app = web.Application()
        app.router.add_get("/", lambda request: web.Response(text=request.headers["Host"]))
        web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
    """
    what = submission(tmp_path, source)
    async with (
        serving(what, launcher, 5, lambda: None, world=world) as server,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=world.for_aiohttp)
        ) as session,
        session.get(server.url) as answer,
    ):
        assert await answer.text() == server.url.removeprefix("http://")


async def test_a_free_port_is_one_on_which_nobody_of_that_world_listens(world: OwnWorld) -> None:
    port = world.free_port()
    world._next = port - 20_000 - 1
    assert world.free_port() == port
    world._next = port - 20_000 - 1
    with world.new_socket() as one:
        one.bind(("127.0.0.1", port))
        one.listen()
        assert world.free_port() == port + 1


async def test_a_world_that_is_forgotten_leaves_no_file_open(launcher: HostLauncher) -> None:
    async def opened_after_one() -> int:
        async with a_world(launcher) as one:
            one.new_socket().close()
        return open_files()

    first = await opened_after_one()
    assert [await opened_after_one() for _ in range(3)] == [first] * 3


async def test_switched_off_all_share_the_machine() -> None:
    launcher = HostLauncher(WarmHost((), isolated=False))
    async with a_world(launcher) as world:
        assert world is MACHINE
    await launcher.close()
    assert launcher.isolation == ()


async def test_nothing_is_kept_apart_where_the_machine_forbids_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(isolation, "_tried", lambda *_: [])
    assert isolation.begin() == []


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


WRITES = """
    from pathlib import Path
    file = Path(__file__).with_name("users.json")
    print(file.exists(), Path(__file__).parent)
    file.write_text("amy")
"""


async def test_what_a_server_writes_beside_itself_is_its_own(
    launcher: HostLauncher, world: OwnWorld, tmp_path: Path
) -> None:
    if "files" not in launcher.isolation:
        pytest.skip("this machine gives no folder of one's own")
    what = submission(tmp_path, WRITES + SERVES.format(port=3000))
    async with (
        a_world(launcher) as other,
        serving(what, launcher, 5, lambda: None, world=world) as one,
        serving(what, launcher, 5, lambda: None, world=other) as two,
    ):
        for server in (one, two):
            assert server.output
            assert server.output.lines()[0].text == f"False {tmp_path}"
    assert names(tmp_path) == ["app.py"]


async def test_a_program_that_starts_itself_again_starts_itself(
    launcher: HostLauncher, world: OwnWorld, tmp_path: Path
) -> None:
    again = """
        import os, subprocess, sys
        if "AGAIN" not in os.environ:
            again = [sys.executable, *sys.orig_argv[1:]]
            sys.exit(subprocess.call(again, env={**os.environ, "AGAIN": "1"}))
    """
    what = submission(
        tmp_path, dedent(again) + dedent(SERVES.format(port='int(os.environ["PORT"])'))
    )
    async with serving(what, launcher, 5, lambda: None, world=world) as server:
        assert server.elsewhere is None


async def test_a_server_has_a_terminal_at_which_nobody_types(
    launcher: HostLauncher, world: OwnWorld, tmp_path: Path
) -> None:
    asks = """
        import sys
        print(sys.stdin.isatty(), sys.stdout.isatty(), repr(sys.stdin.read()))
        for _ in range(3):
            try:
                input()
            except EOFError:
                print("end")
    """
    what = submission(tmp_path, dedent(asks) + dedent(SERVES.format(port=3000)))
    async with serving(what, launcher, 5, lambda: None, world=world) as server:
        assert server.output
        lines = [line.text for line in server.output.lines()]
        assert lines[:4] == ["True False ''", "end", "end", "end"]
