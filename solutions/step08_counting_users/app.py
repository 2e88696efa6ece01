import os
from pathlib import Path

import socketio
from aiohttp import web

HERE = Path(__file__).parent
STATIC = os.environ.get("STATIC_DIR", HERE / "../../static")


async def index(request):
    return web.FileResponse(HERE / "public" / "index.html")


sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)
app.router.add_get("/", index)
app.router.add_static("/public/", HERE / "public")
app.router.add_static("/static/", STATIC)

connected = set()


async def tell_count():
    await sio.emit("user count", len(connected))


@sio.event
async def connect(sid, environ):
    print("New user connected")
    connected.add(sid)
    # It runs when connect has returned: the client then knows that it is connected.
    sio.start_background_task(tell_count)


@sio.event
async def disconnect(sid, reason):
    connected.remove(sid)
    await tell_count()


if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
