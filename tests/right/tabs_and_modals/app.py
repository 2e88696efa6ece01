import os

import chat
from aiohttp import web

app = web.Application()
chat.sio.attach(app)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
