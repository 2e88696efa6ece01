import os

from aiohttp import web


async def broken(request):
    return web.Response(status=500, text="Internal Server Error")


app = web.Application()
app.router.add_route("*", "/{path:.*}", broken)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
