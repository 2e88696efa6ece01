"""A server, a program and a Redis are there inside their block, and not after it."""

import asyncio

import pytest

from tests.support import LONGEST, is_running, missing_tool
from wire import live

STEP4 = "solutions/step04_join_the_chat"


async def test_a_server_listens_inside_its_block_and_not_after_it() -> None:
    async with live.serving(STEP4) as address:
        _, writer = await asyncio.open_connection(address.host, address.port)
        writer.close()
        assert address.url == f"http://127.0.0.1:{address.port}"
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(address.host, address.port)


async def test_a_server_that_does_not_start_says_what_it_printed() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)^solutions/app\.py ended:\n.*No such file"):
        async with live.serving("solutions"):
            pass


HELLO = """
import os, socketserver

class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 200 OK\\r\\n\\r\\n" + os.environ["HELLO"].encode())

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


async def get(address: live.Address, cookie: str = "none=0") -> tuple[str, str]:
    """What a request with this cookie is answered with: the head, and what comes after it."""
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(f"GET / HTTP/1.1\r\nCookie: {cookie}\r\n\r\n".encode())
    async with asyncio.timeout(LONGEST):
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    return head, body


async def test_a_program_runs_inside_its_block_and_not_after_it() -> None:
    async with live.program(HELLO, HELLO="from a text") as program:
        assert is_running(program.pid)
        assert (await get(program.address))[1] == "from a text"
    assert not is_running(program.pid)


async def test_a_program_that_does_not_start_says_what_it_printed() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)^the program ended:\n.*NameError.*nonsense"):
        async with live.program("nonsense"):
            pass


async def test_redis_answers_inside_its_block_and_again_at_the_same_port() -> None:
    if missing := live.without_redis():
        missing_tool(missing)

    async def say(address: live.Address, command: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(command + b"\r\n")
        answer = await reader.readline()
        writer.close()
        return answer

    async with live.redis() as first:
        assert await say(first.address, b"SET name amy") == b"+OK\r\n"
    assert not is_running(first.pid)
    with pytest.raises(ConnectionRefusedError):
        await say(first.address, b"PING")
    async with live.redis(first.address.port) as second:
        assert second.address == first.address
        assert await say(second.address, b"GET name") == b"$-1\r\n"  # it kept nothing


def test_what_redis_lacks_is_said_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert live.without_redis() == "no Python package redis here: pip install redis"
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "")
    assert live.without_redis().startswith("no redis-server here: apt install redis-server")
