import os
from pathlib import Path

import chat
from aiohttp import web

PUBLIC = Path(__file__).parent / "public"

app = web.Application()
chat.sio.attach(app)
app.router.add_get("/", lambda request: web.FileResponse(PUBLIC / "index.html"))
app.router.add_static("/public/", PUBLIC)
app.router.add_static("/static/", os.environ.get("STATIC_DIR", PUBLIC / "../../../../static"))

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
