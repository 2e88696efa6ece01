"""What a submission's servers import, as far as the host may import it once for all of them.

These are packages of web servers that do nothing when they are imported but define what they have.
"""

from pathlib import Path

from grader.explaining.imports import imported

# Package → the modules that its servers come to import.
KNOWN = {
    "fastapi": ("fastapi",),
    "flask": ("flask", "werkzeug.serving"),
    "flask_socketio": ("flask_socketio", "simple_websocket"),
    "starlette": ("starlette.applications", "starlette.routing", "starlette.staticfiles"),
    "tornado": ("tornado.web", "tornado.ioloop"),
    "uvicorn": ("uvicorn", "uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto"),
}
PATCHING = {"eventlet", "gevent"}  # they want to be the first that are imported


def modules(folder: Path) -> tuple[str, ...]:
    """The modules to import before the first server of the submission starts."""
    found = imported(folder)
    if found & PATCHING:
        return ()
    return tuple(name for package, its in KNOWN.items() if package in found for name in its)
