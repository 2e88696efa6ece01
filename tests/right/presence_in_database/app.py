"""Step 13 with the pairs in the database, too, in SQLAlchemy's Core; the list is one JOIN."""

import asyncio
import os

import aiohttp_session
import socketio
from aiohttp import web
from aiohttp_session.cookie_storage import EncryptedCookieStorage
from cryptography.fernet import Fernet
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine(os.environ["DATABASE_URL"])
metadata = MetaData()
users = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String, unique=True),
)
pairs = Table(
    "pairs",
    metadata,
    Column("sid", String, primary_key=True),
    Column("user_id", ForeignKey("people.id")),
)
sio = socketio.AsyncServer(async_mode="aiohttp")
sockets = {}  # socket id: user id of its handshake or None
lock = asyncio.Lock()


@sio.event
async def connect(sid, environ):
    print("New user connected")
    session = await aiohttp_session.get_session(environ["aiohttp.request"])
    sockets[sid] = session.get("id")


@sio.event
async def disconnect(sid, reason):
    async with lock:
        sockets.pop(sid, None)
        async with engine.begin() as db:
            user_id = await db.scalar(select(pairs.c.user_id).where(pairs.c.sid == sid))
            await db.execute(delete(pairs).where(pairs.c.sid == sid))
            left = await db.scalar(select(pairs.c.sid).where(pairs.c.user_id == user_id))
        if user_id is not None and left is None:
            await sio.emit("userLeft", {"id": user_id})


async def login(request):
    data = await request.json()
    find = select(users).where(users.c.username == data["username"])
    try:
        async with engine.begin() as db:
            await db.execute(insert(users).values(username=data["username"]))
    except IntegrityError:
        pass
    async with engine.connect() as db:
        user = (await db.execute(find)).one()
    session = await aiohttp_session.new_session(request)
    session["id"] = user.id
    return web.json_response(dict(user._mapping))


async def logout(request):
    session = await aiohttp_session.get_session(request)
    user_id = session.get("id")
    session.invalidate()
    async with engine.connect() as db:
        query = select(pairs.c.sid).where(pairs.c.user_id == user_id)
        sids = list(await db.scalars(query))
    for sid in sids:
        await sio.disconnect(sid)
    raise web.HTTPFound("/")


async def connected(request):
    session = await aiohttp_session.get_session(request)
    user_id, sid = session.get("id"), request.match_info["sid"]
    if user_id is None:
        return web.Response(status=401)
    async with lock:
        if sid not in sockets:
            return web.Response(status=404)
        async with engine.begin() as db:
            owner = await db.scalar(select(pairs.c.user_id).where(pairs.c.sid == sid))
            for one in (owner, sockets[sid]):
                if one not in (None, user_id):
                    return web.Response(status=403)
            other = await db.scalar(select(pairs.c.sid).where(pairs.c.user_id == user_id))
            if owner is None:
                await db.execute(insert(pairs).values(sid=sid, user_id=user_id))
            query = select(users).join(pairs).distinct().order_by(users.c.id.desc())
            everybody = [dict(row._mapping) for row in await db.execute(query)]
        await sio.enter_room(sid, "bound")
        if other is None:
            (me,) = (user for user in everybody if user["id"] == user_id)
            await sio.emit("userJoined", me, room="bound")
        await sio.emit("onlineUsers", everybody, to=sid)
    return web.Response(text="ok")


async def lifetime(app):
    async with engine.begin() as db:
        await db.run_sync(metadata.create_all)
    yield
    await engine.dispose()


app = web.Application()
storage = EncryptedCookieStorage(Fernet.generate_key().decode(), samesite="Lax")
aiohttp_session.setup(app, storage)
sio.attach(app)
app.cleanup_ctx.append(lifetime)
app.router.add_post("/login", login)
app.router.add_post("/logout", logout)
app.router.add_get("/connected/{sid}", connected)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
