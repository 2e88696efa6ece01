import os

from flask import Flask, request
from flask_socketio import SocketIO, emit

app = Flask(__name__)
app.config["SECRET_KEY"] = "only for this lesson"
socketio = SocketIO(app)

users = {}


@app.route("/")
def index():
    return "<!doctype html><title>Make Chat</title><h1>Make Chat</h1>"


@socketio.on("connect")
def connected():
    print("New user connected")


@socketio.on("new user")
def join(username):
    users[username] = request.sid
    print(f"{username} has joined the chat")
    emit("new user", username, broadcast=True)


@socketio.on("new message")
def message(data):
    emit("new message", data, broadcast=True)


@socketio.on("get online users")
def online():
    emit("get online users", users)


@socketio.on("disconnect")
def left():
    names = [name for name, sid in users.items() if sid == request.sid]
    for name in names:
        del users[name]
    if names:
        emit("user has left", users, broadcast=True)


if __name__ == "__main__":
    socketio.run(app, port=int(os.environ.get("PORT", 3000)))
