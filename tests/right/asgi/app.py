import os

import socketio
import uvicorn

import chat

sio = socketio.AsyncServer(async_mode="asgi", async_handlers=False)
app = socketio.ASGIApp(sio)

online_users = {}


@sio.event
async def connect(sid, environ):
    print("New user connected")


chat.register(sio, online_users)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")), access_log=False)
