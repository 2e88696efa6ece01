"""A number instead of a set, in a namespace class; newcomers hear it before they are let in."""

import os

import socketio
from aiohttp import web


class Counting(socketio.AsyncNamespace):
    count = 0

    async def on_connect(self, sid, environ, auth):
        print("New user connected")
        await self.change(+1)

    async def on_disconnect(self, sid, reason):
        await self.change(-1)

    async def change(self, by):
        self.count += by
        await self.emit("user count", self.count)


sio = socketio.AsyncServer(async_mode="aiohttp")
sio.register_namespace(Counting("/"))
app = web.Application()
sio.attach(app)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
