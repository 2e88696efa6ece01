import os

from aiohttp import web

OPEN = "0hello, this is the chat"


async def socket(request):
    if request.query.get("transport") != "websocket":
        return web.Response(text=OPEN)
    ws = web.WebSocketResponse()
    await ws.prepare(request)
    await ws.send_str(OPEN)
    async for message in ws:
        pass
    return ws


app = web.Application()
app.router.add_route("*", "/socket.io/", socket)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
