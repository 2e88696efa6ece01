import os

from aiohttp import web

# TODO 1: name this file's folder.
# TODO 2: name the folder of the shared files.


async def index(request):
    # TODO 1: answer with the file public/index.html.
    return web.Response(text="Make Chat will be here.")


app = web.Application()
app.router.add_get("/", index)
# TODO 2: serve the files of public/ at /public/, and the shared ones at /static/.

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
