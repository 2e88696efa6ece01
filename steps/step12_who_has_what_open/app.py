import os
from pathlib import Path

import chat
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

# TODO 1: make modals, an empty dict.


# TODO 1: move this handler to chat.py.
@sio.event
async def connect(sid, environ):
    print("New user connected")


# TODO 1: hand modals over as well.
chat.register(sio)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
