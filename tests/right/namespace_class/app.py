import os

import socketio
from aiohttp import web

from chat import Chat

sio = socketio.AsyncServer(async_mode="aiohttp", async_handlers=False)
sio.register_namespace(Chat("/"))

app = web.Application()
sio.attach(app)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
