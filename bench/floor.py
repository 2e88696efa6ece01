"""The floor: what any check of a server costs at least.

Start the solution of step 6 with `python app.py`, connect one client, exchange one event, exit.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

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
    import socketio

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
