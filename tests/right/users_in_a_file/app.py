import json
import os
from pathlib import Path

import socketio
from aiohttp import web

FILE = Path("users.json")  # beside this file, where it is started

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)


def users():
    return json.loads(FILE.read_text())


def keep(users):
    FILE.write_text(json.dumps(users, indent=2))


@sio.event
async def connect(sid, environ):
    print("New user connected")


@sio.on("new user")
async def new_user(sid, username):
    keep({**users(), username: sid})
    print(f"{username} has joined the chat")
    await sio.emit("new user", username)


@sio.on("new message")
async def new_message(sid, data):
    await sio.emit("new message", data)


@sio.on("get online users")
async def get_online_users(sid):
    await sio.emit("get online users", users(), to=sid)


@sio.event
async def disconnect(sid, reason):
    stay = {name: other for name, other in users().items() if other != sid}
    if stay != users():
        keep(stay)
        await sio.emit("user has left", stay)


keep({})  # a server that starts has nobody
web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", 3000)))
