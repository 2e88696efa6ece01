import os

import socketio
from aiohttp import web

import chat

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)

online_users = {}
channels = {"General": []}


@sio.event
async def connect(sid, environ):
    print("New user connected")


chat.register(sio, online_users, channels)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
