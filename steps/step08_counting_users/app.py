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


# TODO 1: keep the sids of all that are connected in a set.


@sio.event
async def connect(sid, environ):
    print("New user connected")
    # TODO 1: add this sid to the set, and emit "user count" with the number of sids in it.
    # TODO 3: emit it only when connect has returned.


# TODO 2: handle "disconnect": take the sid out of the set, and emit "user count" again.


if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
