import os

import socketio
from sanic import Sanic
from sanic.response import html

app = Sanic("MakeChat")
sio = socketio.AsyncServer(async_mode="sanic", cors_allowed_origins=[])
sio.attach(app)

online = {}


@app.get("/")
async def index(request):
    return html("<!doctype html><title>Make Chat</title><h1>Make Chat</h1>")


@sio.on("connect")
async def connected(sid, environ):
    print("New user connected")


@sio.on("*")
async def anything(event, sid, *args):
    if event == "new user":
        (username,) = args
        online[sid] = username
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)
    elif event == "new message":
        await sio.emit("new message", *args)
    elif event == "get online users":
        await sio.emit("get online users", by_name(), to=sid)


@sio.on("disconnect")
async def disconnected(sid):
    if online.pop(sid, None):
        await sio.emit("user has left", by_name())


def by_name():
    return {username: sid for sid, username in online.items()}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
