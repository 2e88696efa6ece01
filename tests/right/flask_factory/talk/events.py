from flask import request, session
from flask_socketio import emit

from talk import socketio

online = {}


@socketio.on("connect")
def handle_connect(auth):
    print("New user connected")


@socketio.on("new user")
def handle_new_user(username):
    session["username"] = username
    online[username] = request.sid
    print("%s has joined the chat" % username)
    socketio.emit("new user", username)


@socketio.on("new message")
def handle_new_message(data):
    socketio.emit("new message", data)


@socketio.on("get online users")
def handle_get_online_users():
    socketio.emit("get online users", online, to=request.sid)


@socketio.on("disconnect")
def handle_disconnect(reason):
    username = session.get("username")
    if online.get(username) == request.sid:
        online.pop(username)
        socketio.emit("user has left", online)
