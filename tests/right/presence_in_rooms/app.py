"""Step 13 with a room for each user, SQLite's own module, slow handlers, and a signed cookie."""

import asyncio
import os
import secrets
import sqlite3

import aiohttp_session
import socketio
from aiohttp import web
from aiohttp_session import SimpleCookieStorage
from itsdangerous import BadSignature, Signer

db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE)")
sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()


class SignedCookieStorage(SimpleCookieStorage):
    signer = Signer(secrets.token_bytes(32))

    def load_cookie(self, request):
        signed = super().load_cookie(request)
        try:
            return signed and self.signer.unsign(signed.encode()).decode()
        except (BadSignature, ValueError):
            return None

    def save_cookie(self, response, cookie_data, *, max_age=None):
        signed = cookie_data and self.signer.sign(cookie_data).decode()
        super().save_cookie(response, signed, max_age=max_age)


aiohttp_session.setup(app, SignedCookieStorage(httponly=True, samesite="Lax"))
sio.attach(app)
lock = asyncio.Lock()


def room_of(user_id):
    return f"user {user_id}"


def in_room(room):
    return [sid for sid, _ in sio.manager.get_participants("/", room)]


def online():
    return {
        user_id for (user_id,) in db.execute("SELECT id FROM users") if in_room(room_of(user_id))
    }


@sio.event
async def connect(sid, environ):
    print("New user connected")
    session = await aiohttp_session.get_session(environ["aiohttp.request"])
    await sio.save_session(sid, {"user": session.get("user"), "bound": False})


@sio.event
async def disconnect(sid, reason):
    async with lock:
        session = await sio.get_session(sid)
        user_id = session["user"]
        if session["bound"]:
            await sio.leave_room(sid, room_of(user_id))
            if not in_room(room_of(user_id)):
                await sio.emit("userLeft", {"id": user_id}, room="bound", skip_sid=sid)


async def login(request):
    data = await request.json()
    await asyncio.sleep(0.02)
    name = (data["username"],)
    db.execute("INSERT OR IGNORE INTO users (username) VALUES (?)", name)
    ((user_id, username),) = db.execute("SELECT * FROM users WHERE username = ?", name)
    session = await aiohttp_session.new_session(request)
    session["user"] = user_id
    return web.json_response({"username": username, "id": user_id})


async def logout(request):
    session = await aiohttp_session.get_session(request)
    user_id = session.get("user")
    session.invalidate()
    await asyncio.sleep(0.02)
    for sid in in_room(room_of(user_id)):
        await sio.disconnect(sid)
    return web.Response(text="bye")


async def connected(request):
    session = await aiohttp_session.get_session(request)
    user_id, sid = session.get("user"), request.match_info["sid"]
    if user_id is None:
        raise web.HTTPUnauthorized
    async with lock:
        if not sio.manager.is_connected(sid, "/"):
            raise web.HTTPNotFound
        its = await sio.get_session(sid)
        if its["user"] not in (None, user_id):
            raise web.HTTPForbidden
        await asyncio.sleep(0.02)
        news = not in_room(room_of(user_id))
        await sio.save_session(sid, {"user": user_id, "bound": True})
        await sio.enter_room(sid, room_of(user_id))
        await sio.enter_room(sid, "bound")
        marks = ",".join("?" * len(online()))
        rows = db.execute(f"SELECT * FROM users WHERE id IN ({marks})", tuple(online()))
        names = dict(rows.fetchall())
        users = [{"id": one, "username": name} for one, name in names.items()]
        await sio.emit("onlineUsers", users, to=sid)
        if news:
            user = {"id": user_id, "username": names[user_id]}
            await sio.emit("userJoined", user, room="bound")
    return web.Response(status=204)


app.router.add_post("/login", login)
app.router.add_post("/logout", logout)
app.router.add_get("/connected/{sid}", connected)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
