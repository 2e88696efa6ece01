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
# TODO 1: import sessions above, and set the sessions up here.
sio.attach(app)
app.router.add_get("/", index)
app.router.add_static("/public/", HERE / "public")
app.router.add_static("/static/", STATIC)

# TODO 3: keep the name of each socket, sid → username, instead of a set of sids.
connected = set()


# TODO 3: emit "user" with the name, the count, and whether the user has come or gone.
async def tell_count():
    await sio.emit("user count", len(connected))


# TODO 2: find out who it is; refuse a socket that has no session.
@sio.event
async def connect(sid, environ):
    print("New user connected")
    connected.add(sid)
    # It runs when connect has returned: the client then knows that it is connected.
    sio.start_background_task(tell_count)


# TODO 4: handle "chat message": emit it to everybody, with the name of this socket's user.


@sio.event
async def disconnect(sid, reason):
    connected.remove(sid)
    await tell_count()


if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
