import os
from pathlib import Path

# TODO 1: import database
# TODO 2: import presence
import sessions
import socketio
from aiohttp import web

HERE = Path(__file__).parent
STATIC = os.environ.get("STATIC_DIR", HERE / "../../static")


async def index(request):
    return web.FileResponse(HERE / "public" / "index.html")


sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sessions.setup(app)
# TODO 1: let the database begin and end with the app: app.cleanup_ctx.append(database.lifetime)
sio.attach(app)
app.router.add_get("/", index)
app.router.add_static("/public/", HERE / "public")
app.router.add_static("/static/", STATIC)

# TODO 2: register presence, and take out all that follows, up to the last two lines.
usernames = {}


async def tell(username, connected):
    data = {"username": username, "currentUsers": len(usernames), "connected": connected}
    await sio.emit("user", data)


@sio.event
async def connect(sid, environ):
    # The request with which this connection began, and the cookies that it brought.
    username = await sessions.username_of(environ["aiohttp.request"])
    if username is None:
        raise socketio.exceptions.ConnectionRefusedError("Log in first")
    print("New user connected")
    usernames[sid] = username
    # It runs when connect has returned: the client then knows that it is connected.
    sio.start_background_task(tell, username, True)


@sio.on("chat message")
async def chat_message(sid, text):
    if isinstance(text, str):
        await sio.emit("chat message", {"username": usernames[sid], "message": text})


@sio.event
async def disconnect(sid, reason):
    username = usernames.pop(sid)
    await tell(username, False)


if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
