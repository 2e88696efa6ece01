"""The floor: what a plain program pays to check one thing of a step's server.

`python -m bench.floor [STEP]`, step 6 unless told. Start the solution with `python app.py`,
connect one client, exchange one event, exit. Most of it is two imports of aiohttp and
python-socketio, one after the other: its own, and the server's.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import socketio

SOLUTIONS = Path(__file__).parent.parent / "solutions"


@dataclass(frozen=True)
class Exchange:
    """What the client does, and the event that answers it."""

    answer: str
    emits: tuple[tuple[str, Any], ...] = ()
    logs_in: bool = False
    binds: bool = False  # asks for /connected/SID


EXCHANGES = {
    6: Exchange("new user", (("new user", "amy"),)),
    8: Exchange("user count"),
    9: Exchange("user", logs_in=True),
    10: Exchange("noAccountFound", (("loginUser", {"name": "amy"}),)),
    11: Exchange(
        "recMessage",
        (("userConnected", "amy"), ("sendAnotherUserAMessage", {"name": "amy", "msg": "hi"})),
    ),
    12: Exchange("recModalInfo"),
    13: Exchange("onlineUsers", logs_in=True, binds=True),
}


def main(step: int = 6) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as place:
        database = f"sqlite+aiosqlite:///{place}/presence.sqlite3"
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=next(SOLUTIONS.glob(f"step{step:02}_*")),
            env={**os.environ, "PORT": str(port), "DATABASE_URL": database},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            asyncio.run(exchange(f"http://127.0.0.1:{port}", EXCHANGES[step]))
        finally:
            server.terminate()
            server.wait()


async def exchange(url: str, what: Exchange) -> None:
    """Connect as soon as the server lets one, and wait for the answer to one event."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        while what.logs_in:
            with contextlib.suppress(aiohttp.ClientConnectionError):
                (await http.post(f"{url}/login", json={"username": "amy"})).release()
                break
            await asyncio.sleep(0.005)
        client = socketio.AsyncClient(http_session=http)
        answered = asyncio.Event()
        client.on(what.answer, lambda *_: answered.set())
        while not client.connected:
            with contextlib.suppress(socketio.exceptions.ConnectionError):
                await client.connect(url, transports=["websocket"])
                continue
            await asyncio.sleep(0.005)
        if what.binds:
            (await http.get(f"{url}/connected/{client.get_sid()}")).release()
        for event, payload in what.emits:
            await client.emit(event, payload)
        await answered.wait()
        await client.disconnect()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
