"""Step 13 with a namespace class, a dict of sets, and sessions that the server keeps itself."""

import os
import secrets

import socketio
from aiohttp import web

users = {}  # name: id
sessions = {}  # token: name
tabs = {}  # name: set of socket ids
owners = {}  # socket id: name or None


def as_json(name):
    return {"id": users[name], "username": name}


def who(request):
    return sessions.get(request.cookies.get("token"))


class Presence(socketio.AsyncNamespace):
    async def on_connect(self, sid, environ):
        print("New user connected")
        owners[sid] = who(environ["aiohttp.request"])

    async def on_disconnect(self, sid, reason):
        name = owners.pop(sid)
        if sid in tabs.get(name, ()):
            tabs[name].discard(sid)
            if not tabs[name]:
                del tabs[name]
                await self.emit("userLeft", {"id": users[name], "username": name})


async def login(request):
    data = await request.json()
    name = data["username"]
    users.setdefault(name, secrets.token_hex(8))
    token = secrets.token_urlsafe()
    sessions[token] = name
    answer = web.json_response(as_json(name) | {"new": True}, status=201)
    answer.set_cookie("token", token, httponly=True, samesite="Strict")
    return answer


async def logout(request):
    name = sessions.pop(request.cookies.get("token"), None)
    for sid in [sid for sid, owner in owners.items() if name and owner == name]:
        await sio.disconnect(sid)
    answer = web.json_response({"ok": True})
    answer.del_cookie("token")
    return answer


async def connected(request):
    name, sid = who(request), request.match_info["sid"]
    if name is None:
        return web.json_response({"error": "log in"}, status=401)
    if sid not in owners:
        return web.json_response({"error": "no such socket"}, status=404)
    if owners[sid] not in (None, name):
        return web.json_response({"error": "not yours"}, status=403)
    owners[sid] = name
    news = name not in tabs
    tabs.setdefault(name, set()).add(sid)
    if news:
        await sio.emit("userJoined", as_json(name))  # strangers may know
    await sio.emit("onlineUsers", [as_json(one) for one in reversed(tabs)], to=sid)
    return web.json_response({"ok": True})


sio = socketio.AsyncServer(async_mode="aiohttp")
sio.register_namespace(Presence("/"))
app = web.Application()
sio.attach(app)
app.router.add_post("/login", login)
app.router.add_post("/logout", logout)
app.router.add_get("/connected/{sid}", connected)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
