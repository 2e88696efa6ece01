"""The floor: what a plain program pays to check one thing of a server.

Start the solution of step 6 with `python app.py`, connect one client, exchange one event, exit.
Most of it is two imports of aiohttp and python-socketio, one after the other: its own, and the
server's.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import socketio

SOLUTION = next((Path(__file__).parent.parent / "solutions").glob("step06_*"))


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=SOLUTION,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        asyncio.run(exchange(f"http://127.0.0.1:{port}"))
    finally:
        server.terminate()
        server.wait()


async def exchange(url: str) -> None:
    """Connect as soon as the server lets one, and wait for the answer to one event."""
    client = socketio.AsyncClient()
    answered = asyncio.Event()
    client.on("new user", lambda _: answered.set())
    while not client.connected:
        with contextlib.suppress(socketio.exceptions.ConnectionError):
            await client.connect(url, transports=["websocket"])
            continue
        await asyncio.sleep(0.005)
    await client.emit("new user", "amy")
    await answered.wait()
    await client.disconnect()


if __name__ == "__main__":
    main()
