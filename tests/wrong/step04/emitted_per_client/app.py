import os

import socketio
from aiohttp import web

import chat

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)

clients = set()


@sio.event
async def connect(sid, environ):
    print("New user connected")
    clients.add(sid)


@sio.event
async def disconnect(sid, reason):
    clients.discard(sid)


chat.register(sio, clients)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
