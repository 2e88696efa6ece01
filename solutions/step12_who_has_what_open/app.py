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

modals = {}

chat.register(sio, modals)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
