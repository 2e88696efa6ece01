import os
from pathlib import Path

import socketio
from aiohttp import web

PUBLIC = Path(__file__).parent / "public"
STATIC = os.environ.get("STATIC_DIR", "../../static")

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)


@sio.on("shout")
async def shout(sid, text):
    await sio.emit("echoed", text.upper())


@sio.on("whisper")
async def whisper(sid, text):
    await sio.emit("echoed", text.lower(), to=sid)


async def index(request):
    return web.FileResponse(PUBLIC / "index.html")


app.router.add_get("/", index)
app.router.add_static("/public", PUBLIC)
app.router.add_static("/static", STATIC)

web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
