import os

import socketio
from aiohttp import web

import chat

# Without always_connect the client is not yet connected here, and disconnect does nothing.
sio = socketio.AsyncServer(async_mode="aiohttp", always_connect=True)
app = web.Application()
sio.attach(app)

online_users = {}


@sio.event
async def connect(sid, environ):
    print("New user connected")
    await sio.disconnect(sid)


chat.register(sio, online_users)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
