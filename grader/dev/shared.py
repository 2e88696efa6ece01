"""Rule of static/: the page's two sources of the Socket.IO client are one and the same file."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator

from grader.course.course import Course
from grader.dev.violation import Violation

PACKAGE = "socket.io-client"
LOADER = "static/socket.io.js"
LOCK = "static/package-lock.json"
INSTALLED = f"static/node_modules/{PACKAGE}/dist/socket.io.min.js"

_PUBLISHED = re.compile(rf"/npm/{re.escape(PACKAGE)}@([\w.-]+)/dist/socket\.io\.min\.js\b")
_INTEGRITY = re.compile(r"\bsha384-([A-Za-z0-9+/]{64})(?![A-Za-z0-9+/])")


def browser_client(course: Course) -> Iterator[Violation]:
    """The version and the hash for the CDN are those of the package that npm installs."""
    try:
        loader = (course.root / LOADER).read_text(encoding="utf-8")
        lock = json.loads((course.root / LOCK).read_bytes())
        locked = lock["packages"][f"node_modules/{PACKAGE}"]["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"the version of {PACKAGE} cannot be read: {type(error).__name__}: {error}"
        yield Violation("static", what, f"fix {LOADER} and {LOCK}")
        return
    version, integrity = _PUBLISHED.search(loader), _INTEGRITY.search(loader)
    if version is None or integrity is None:
        what = f"it names no version of {PACKAGE} with a sha384 hash"
        yield Violation(LOADER, what, "load it from the CDN with an integrity hash")
        return
    if version[1] != locked:
        what = f"it loads {PACKAGE} {version[1]}, and {LOCK} has {locked}"
        line = loader.count("\n", 0, version.start()) + 1
        yield Violation(LOADER, what, "write the same version in both", line)
    installed = course.root / INSTALLED
    if installed.is_file():
        digest = base64.b64encode(hashlib.sha384(installed.read_bytes()).digest()).decode()
        if integrity[1] != digest:
            what = "its hash is not that of the installed file"
            line = loader.count("\n", 0, integrity.start()) + 1
            fix = f"run npm ci in static/, or write sha384-{digest}"
            yield Violation(LOADER, what, fix, line)
