"""Real servers to talk to, and what talks to them: all of `wire` that does I/O.

async with serving("solutions/step06_saving_and_destroying_users") as address:
    async with Tap(address) as tap:
        ...  # a client that connects to tap.address talks to the server through the tap
        tap.passed  # every chunk of bytes that went by, with its time and its direction
    async with WebSocket(address, "/socket.io/?EIO=4&transport=websocket") as line:
        await line.receive()  # what the server says, message by message

- `address`: where a server listens; `servers`: steps that run.
- `tap`: a proxy that records; `websocket`: a client of our own making.
"""

from wire.live.address import Address, free_port
from wire.live.servers import ROOT, serving
from wire.live.tap import Passed, Tap
from wire.live.websocket import WebSocket

__all__ = ["ROOT", "Address", "Passed", "Tap", "WebSocket", "free_port", "serving"]
