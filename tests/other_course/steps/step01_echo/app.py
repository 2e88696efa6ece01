import os

import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)

web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
