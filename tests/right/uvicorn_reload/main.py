"""uvicorn main:app --reload"""

import socketio

sio = socketio.AsyncServer(async_mode="asgi")
app = socketio.ASGIApp(sio)

state = {"online": {}}


@sio.on("connect")
async def hello(sid, environ):
    print("New user connected", flush=True)


@sio.on("new user")
async def add(sid, name):
    state["online"][name] = sid
    print(f"{name} has joined the chat", flush=True)
    await sio.emit("new user", name)


@sio.on("new message")
async def say(sid, message):
    await sio.emit("new message", message)


@sio.on("get online users")
async def tell(sid):
    await sio.emit("get online users", state["online"], to=sid)


@sio.on("disconnect")
async def remove(sid, reason):
    before = state["online"]
    state["online"] = {name: theirs for name, theirs in before.items() if theirs != sid}
    if state["online"] != before:
        await sio.emit("user has left", state["online"])
