"""Users in dicts of dicts, and a socket's user in its session; handlers that take their time."""

import asyncio

import socketio

sio = socketio.AsyncServer(async_mode="aiohttp")
users = {}


async def online(sid, name):
    await asyncio.sleep(0.3)  # as a database would
    users[name] = {"id": sid, "status": "online"}
    await sio.save_session(sid, {"name": name})


@sio.on("registerUser")
async def register_user(sid, data):
    await online(sid, data["name"])


@sio.on("loginUser")
async def login_user(sid, data):
    if data["name"] not in users:
        return await sio.emit("noAccountFound", {"msg": "No account was found"}, to=sid)
    await online(sid, data["name"])


@sio.on("sendAnotherUserAMessage")
async def send(sid, data):
    user = users.get(data["name"], {})
    if user.get("status") == "online":
        await sio.emit("recMessage", {"msg": data["msg"]}, to=user["id"])


@sio.event
async def disconnect(sid, reason):
    user = users.get((await sio.get_session(sid)).get("name"))
    if user and user["id"] == sid:
        user["status"] = "offline"
