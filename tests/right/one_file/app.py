import os

import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp", async_handlers=False)
app = web.Application()
sio.attach(app)

usernames = {}  # socket id -> username: the other way round than what is sent


def online_users():
    return {username: sid for sid, username in usernames.items()}


@sio.event
async def connect(sid, environ):
    print("New user connected")


@sio.on("new user")
async def new_user(sid, username):
    usernames[sid] = username
    print(username, "has joined the chat")
    await sio.emit("new user", username)


@sio.on("new message")
async def new_message(sid, data):
    await sio.emit("new message", data)


@sio.on("get online users")
async def get_online_users(sid):
    await sio.emit("get online users", online_users(), to=sid)


@sio.event
async def disconnect(sid):
    if usernames.pop(sid, None) is not None:
        await sio.emit("user has left", online_users())


if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")), print=None)
