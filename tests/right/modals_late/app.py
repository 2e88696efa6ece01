"""A list with the newest first; a newcomer is told a moment later, and everybody when any goes."""

import os

import socketio
from aiohttp import web


class Desk(socketio.AsyncNamespace):
    def __init__(self):
        super().__init__("/")
        self.open = []  # [socket id, modal identifier]

    def info(self):
        return {"info": self.open, "count": len(self.open)}

    def close(self, sid):
        self.open = [pair for pair in self.open if pair[0] != sid]

    async def welcome(self, sid):
        await self.server.sleep(0.1)
        await self.emit("recModalInfo", self.info(), to=sid)

    async def on_connect(self, sid, environ):
        print("New user connected")
        self.server.start_background_task(self.welcome, sid)

    async def on_openedModal(self, sid, data):
        self.close(sid)
        self.open.insert(0, [sid, data["modalIdentifier"]])
        await self.emit("recModalInfo", self.info())

    async def on_closedModal(self, sid, *_):
        self.close(sid)
        await self.emit("recModalInfo", self.info())

    async def on_userConnected(self, sid, user_id):
        await self.enter_room(sid, f"of {user_id}")

    async def on_userDisconnected(self, sid, user_id):
        await self.leave_room(sid, f"of {user_id}")

    async def on_sendAnotherUserAMessage(self, sid, data):
        await self.emit("recMessage", {"msg": data["msg"], "from": sid}, to=f"of {data['name']}")

    async def on_disconnect(self, sid, reason):
        self.close(sid)
        await self.emit("recModalInfo", self.info())


sio = socketio.AsyncServer(async_mode="aiohttp")
sio.register_namespace(Desk())
app = web.Application()
sio.attach(app)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
