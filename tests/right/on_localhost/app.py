import asyncio
import os

import socketio
from aiohttp import web

HOST = "localhost"


class Room:
    """Who is here, and what they are told."""

    def __init__(self, sio):
        self.sio = sio
        self.sids = {}
        for event, handler in {
            "connect": self.arrive,
            "disconnect": self.leave,
            "new user": self.join,
            "new message": self.say,
            "get online users": self.answer,
        }.items():
            sio.on(event, handler)

    async def arrive(self, sid, environ):
        print("New user connected")

    async def join(self, sid, name):
        self.sids[name] = sid
        print(f"{name} has joined the chat")
        await self.sio.emit("new user", name)

    async def say(self, sid, message):
        await self.sio.emit("new message", message)

    async def answer(self, sid):
        await self.sio.emit("get online users", self.sids, to=sid)

    async def leave(self, sid):
        names = [name for name, own in self.sids.items() if own == sid]
        if names:
            for name in names:
                del self.sids[name]
            await self.sio.emit("user has left", self.sids)


async def main():
    app = web.Application()
    sio = socketio.AsyncServer(async_mode="aiohttp")
    sio.attach(app)
    Room(sio)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, int(os.environ.get("PORT", 3000))).start()
    print(f"at http://{HOST}")
    await asyncio.sleep(float("inf"))


if __name__ == "__main__":
    asyncio.run(main())
