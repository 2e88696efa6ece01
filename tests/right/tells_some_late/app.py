"""Step 8 with a queue for each client: every second one hears a moment later than the others."""

import asyncio
import os

import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp")
queues = {}  # sid: the counts that its client is still to be told


async def deliver(sid, queue, delay):
    while (count := await queue.get()) is not None:
        await asyncio.sleep(delay)
        await sio.emit("user count", count, to=sid)


def tell_all():
    for queue in queues.values():
        queue.put_nowait(len(queues))


@sio.event
async def connect(sid, environ):
    print("New user connected")
    delay = 0.1 if len(queues) % 2 else 0
    queues[sid] = asyncio.Queue()
    sio.start_background_task(deliver, sid, queues[sid], delay)
    tell_all()


@sio.event
async def disconnect(sid, reason):
    queues.pop(sid).put_nowait(None)
    tell_all()


async def index(request):
    return web.Response(text="<h1>Make Chat</h1>", content_type="text/html")


app = web.Application()
app.router.add_get("/", index)
sio.attach(app)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
