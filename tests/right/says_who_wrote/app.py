"""A namespace of its own, two dicts, and more keys in each answer than the course asks for."""

import os

import socketio
import uvicorn


class People(socketio.AsyncNamespace):
    def __init__(self):
        super().__init__("/")
        self.known = set()
        self.sids = {}  # name: socket id, of those who are online
        self.names = {}  # socket id: name

    def take(self, sid, name):
        self.names.pop(self.sids.get(name), None)
        self.sids[name] = sid
        self.names[sid] = name

    async def on_connect(self, sid, environ):
        print("New user connected")

    async def on_registerUser(self, sid, data):
        self.known.add(data["name"])
        self.take(sid, data["name"])

    async def on_loginUser(self, sid, data):
        name = data["name"]
        if name in self.known:
            self.take(sid, name)
            await self.emit("loggedIn", {"name": name}, to=sid)
        else:
            answer = {"msg": "No account was found", "name": name}
            await self.emit("noAccountFound", answer, to=sid)

    async def on_sendAnotherUserAMessage(self, sid, data):
        to = self.sids.get(data["name"])
        if to is None:
            return False
        message = {"from": self.names.get(sid), "msg": data["msg"]}
        await self.emit("recMessage", message, to=to)
        return True

    async def on_disconnect(self, sid, reason):
        name = self.names.pop(sid, None)
        if name is not None:
            del self.sids[name]


sio = socketio.AsyncServer(async_mode="asgi")
sio.register_namespace(People())

if __name__ == "__main__":
    uvicorn.run(
        socketio.ASGIApp(sio),
        host="127.0.0.1",
        port=int(os.environ.get("PORT", "3000")),
        log_level="warning",
    )
