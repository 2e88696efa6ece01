import os
import sqlite3

import socketio
from aiohttp import web

HERE = os.path.dirname(os.path.abspath(__file__))

database = sqlite3.connect(os.path.join(HERE, "chat.db"), isolation_level=None)
database.executescript(
    """
    CREATE TABLE IF NOT EXISTS online (username TEXT PRIMARY KEY, sid TEXT NOT NULL);
    DELETE FROM online;
    """
)

sio = socketio.AsyncServer(async_mode="aiohttp")


def online():
    return dict(database.execute("SELECT username, sid FROM online"))


@sio.event
async def connect(sid, environ, auth=None):
    print("New user connected")


@sio.on("new user")
async def new_user(sid, username):
    database.execute("INSERT OR REPLACE INTO online VALUES (?, ?)", (username, sid))
    print(f"{username} has joined the chat")
    await sio.emit("new user", username)


@sio.on("new message")
async def new_message(sid, data):
    await sio.emit("new message", data)


@sio.on("get online users")
async def get_online_users(sid):
    await sio.emit("get online users", online(), to=sid)


@sio.event
async def disconnect(sid):
    if database.execute("DELETE FROM online WHERE sid = ?", (sid,)).rowcount:
        await sio.emit("user has left", online())


def main():
    app = web.Application()
    sio.attach(app)
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")), print=None)


if __name__ == "__main__":
    main()
