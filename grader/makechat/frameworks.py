"""What servers are made with, as far as a report has to speak its words."""

from dataclasses import dataclass

from grader.explaining.imports import imported
from grader.explaining.source import Source

LOCAL = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Framework:
    """How a server that is made with it starts, listens at 127.0.0.1, takes PORT, and gets its
    Socket.IO, each in code.
    """

    starts: str
    listens: str
    attaches: str
    port: str = 'os.environ["PORT"]'
    server: str = "sio"  # what handlers are registered with
    enters: str = "await sio.enter_room(sid, name)"
    registers: str = 'sio.register_namespace({}("/"))'


AIOHTTP = Framework(
    "web.run_app(app, ...)",
    f'web.run_app(app, host="{LOCAL}", ...)',
    "sio.attach(app) connects the two",
)
FLASK = Framework(
    "socketio.run(app, ...)",
    f'socketio.run(app, host="{LOCAL}", ...)',
    "SocketIO(app) connects the two, and socketio.run(app) starts both",
    server="socketio",
    enters="join_room(name)",
    registers='socketio.on_namespace({}("/"))',
)
ASGI = Framework(
    "uvicorn.run(app, ...)",
    f'uvicorn.run(app, host="{LOCAL}", ...)',
    "socketio.ASGIApp(sio, app) is an app of both, and the one to run",
)
SANIC = Framework(
    "app.run(...)", f'app.run(host="{LOCAL}", ...)', "sio.attach(app) connects the two"
)
TORNADO = Framework(
    "app.listen(port), and a loop that goes on,",
    f'app.listen(port, address="{LOCAL}")',
    'a route (r"/socket.io/", socketio.get_tornado_handler(sio)) connects the two',
)
NODE = Framework(
    "server.listen(process.env.PORT)",
    f'server.listen(process.env.PORT, "{LOCAL}")',
    "new Server(server) connects the two, and it is server that has to listen",
    "process.env.PORT",
)
OTHER = Framework(
    "a call that waits for clients",
    f"the address to listen at is {LOCAL}",
    "Socket.IO has to be part of the app that is run",
    "the environment variable PORT",
)

_BY_PACKAGE = {  # the first that is imported tells
    "flask_socketio": FLASK,
    "flask": FLASK,
    "sanic": SANIC,
    "tornado": TORNADO,
    "fastapi": ASGI,
    "starlette": ASGI,
    "quart": ASGI,
    "uvicorn": ASGI,
    "aiohttp": AIOHTTP,
}
_SCRIPTS = ("package.json", "*.js", "*.mjs", "*.cjs", "*.ts")


def framework(source: Source) -> Framework:
    """What the submission is made with; the course's own where it is Python, and nothing tells."""
    packages = imported(source.folder) if source.folder else frozenset[str]()
    for package, its in _BY_PACKAGE.items():
        if package in packages:
            return its
    if source.folder and not (source.folder / "app.py").is_file():
        is_script = any(next(source.folder.glob(name), None) for name in _SCRIPTS)
        return NODE if is_script else OTHER
    return AIOHTTP
