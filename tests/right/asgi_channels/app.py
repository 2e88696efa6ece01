import os
from pathlib import Path

import socketio
import uvicorn

from chat import Chat

PUBLIC = Path(__file__).parent / "public"
FILES = {
    "/": ("index.html", b"text/html"),
    "/public/index.js": ("index.js", b"text/javascript; charset=utf-8"),
}


async def files(scope, receive, send):
    """What is served is listed: no path leads anywhere else."""
    if scope["type"] != "http":
        return
    name, kind = FILES.get(scope["path"], (None, b"text/plain"))
    body = (PUBLIC / name).read_bytes() if name else b"Not found"
    await send(
        {
            "type": "http.response.start",
            "status": 200 if name else 404,
            "headers": [(b"content-type", kind)],
        }
    )
    await send({"type": "http.response.body", "body": body})


sio = socketio.AsyncServer(async_mode="asgi")
sio.register_namespace(Chat("/"))
app = socketio.ASGIApp(sio, files)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")), access_log=False)
