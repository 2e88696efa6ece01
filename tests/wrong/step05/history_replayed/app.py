import os

import socketio
from aiohttp import web

import chat

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)

messages = []


@sio.event
async def connect(sid, environ):
    print("New user connected")
    sio.start_background_task(chat.send_messages, sio, sid, list(messages))


chat.register(sio, messages)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
