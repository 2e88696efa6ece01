"""Counts what the library has in its own room of all, and tells it a moment later."""

import os

import socketio
from aiohttp import web


async def index(request):
    return web.Response(text="<h1>Make Chat</h1>", content_type="text/html")


sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)
app.router.add_get("/", index)


async def tell():
    await sio.sleep(0.1)
    everybody = sio.manager.rooms.get("/", {}).get(None, {})
    await sio.emit("user count", len(everybody))


@sio.on("connect")
async def came(sid, environ):
    print("New user connected")
    sio.start_background_task(tell)


@sio.on("disconnect")
async def gone(sid, reason):
    sio.start_background_task(tell)


if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
