"""Step 6 with Flask-SocketIO on gevent, which replaces what the standard library waits with."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402

from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO, emit  # noqa: E402

app = Flask(__name__)
socketio = SocketIO(app, async_mode="gevent")
sids = {}


@app.get("/")
def index():
    return "<!doctype html><title>Make Chat</title><h1>Make Chat</h1>"


@socketio.on("connect")
def connected():
    print("New user connected")


@socketio.on("new user")
def new_user(name):
    sids[name] = request.sid
    socketio.sleep(0.01)
    print(f"{name} has joined the chat")
    emit("new user", name, broadcast=True)


@socketio.on("new message")
def new_message(data):
    emit("new message", data, broadcast=True)


@socketio.on("get online users")
def get_online_users():
    emit("get online users", sids)


@socketio.on("disconnect")
def disconnected():
    gone = [name for name, sid in sids.items() if sid == request.sid]
    for name in gone:
        del sids[name]
    if gone:
        emit("user has left", sids, broadcast=True)


socketio.run(app, port=int(os.environ["PORT"]))
