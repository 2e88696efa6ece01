"""A cookie signed by hand and not encrypted; names in the sessions of Socket.IO."""

import base64
import hmac
import json
import os
import secrets

import socketio
from aiohttp import web

KEY = secrets.token_bytes(32)
sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)
count = 0


def signature(payload):
    return hmac.new(KEY, payload.encode(), "sha256").hexdigest()


def read(request):
    payload, _, signed = request.cookies.get("who", "").partition(".")
    if not hmac.compare_digest(signature(payload).encode(), signed.encode(errors="replace")):
        return None
    return json.loads(base64.urlsafe_b64decode(payload))


async def login(request):
    as_json = request.content_type == "application/json"
    data = await request.json() if as_json else await request.post()
    name = data.get("username")
    if not name:
        return web.json_response({"error": "no name"}, status=400)
    payload = base64.urlsafe_b64encode(json.dumps(name).encode()).decode()
    answer = web.json_response({"username": name})
    cookie = f"{payload}.{signature(payload)}"
    answer.set_cookie("who", cookie, httponly=True, samesite="Strict", max_age=3600)
    return answer


async def logout(request):
    answer = web.Response(status=204)
    answer.del_cookie("who")
    return answer


@sio.event
async def connect(sid, environ):
    global count
    name = read(environ["aiohttp.request"])
    if name is None:
        raise ConnectionRefusedError("who are you?")
    await sio.save_session(sid, name)
    count += 1
    await sio.emit("user", {"username": name, "currentUsers": count, "connected": True})


@sio.on("chat message")
async def chat_message(sid, text):
    name = await sio.get_session(sid)
    await sio.emit("chat message", {"username": name, "message": text, "from": sid})


@sio.event
async def disconnect(sid, reason):
    global count
    count -= 1
    name = await sio.get_session(sid)
    await sio.emit("user", {"username": name, "currentUsers": count, "connected": False})


app.add_routes([web.post("/login", login), web.post("/logout", logout)])

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
