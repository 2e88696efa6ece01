"""Real servers to talk to, and what talks to them: all of `wire` that does I/O.

async with serving("solutions/step06_saving_and_destroying_users") as address:
    async with Tap(address) as tap:
        ...  # a client that connects to tap.address talks to the server through the tap
        tap.passed  # every chunk of bytes that went by, with its time and its direction
    async with WebSocket(address, "/socket.io/?EIO=4&transport=websocket") as line:
        await line.receive()  # what the server says, message by message
async with redis() as store, program(text, REDIS_URL=f"redis://127.0.0.1:{store.address.port}"):
    ...  # a server that is given as a text, and a Redis of its own; both are killed at the end

- `address`: where a server listens; `servers`: processes that listen, one of them Redis.
- `tap`, `balancer`: proxies, of one server that records, and of several that chooses.
- `websocket`, `crowd`: clients, of our own making, and as many as are wanted.
"""

from wire.live.address import Address, free_port
from wire.live.balancer import balanced
from wire.live.browser import browser, without_browser
from wire.live.crowd import crowd
from wire.live.servers import ROOT, Program, program, redis, serving, without_redis
from wire.live.tap import Passed, Tap
from wire.live.websocket import WebSocket

__all__ = [
    "ROOT",
    "Address",
    "Passed",
    "Program",
    "Tap",
    "WebSocket",
    "balanced",
    "browser",
    "crowd",
    "free_port",
    "program",
    "redis",
    "serving",
    "without_browser",
    "without_redis",
]
