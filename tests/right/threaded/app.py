import os

import socketio
from werkzeug.serving import run_simple

import chat

sio = socketio.Server(async_mode="threading", async_handlers=False)
app = socketio.WSGIApp(sio)


@sio.event
def connect(sid, environ):
    print("New user connected")


chat.register(sio)

if __name__ == "__main__":
    run_simple("127.0.0.1", int(os.environ.get("PORT", "3000")), app, threaded=True)
