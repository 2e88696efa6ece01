"""Mistakes of a Node server that the page's client cannot speak with: an old version, a namespace,
another path.
"""

import json
import re

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.mistakes.connecting import NOT_THERE
from grader.report.result import Mistake, Where

_OLD = ("0", "1", "2")  # the major versions that speak an older protocol
_CONFIRMED = repr("0")  # a CONNECT with nothing in it
_USUAL = ("", "/socket.io")


def older_protocol(e: Evidence) -> Mistake | None:
    """The package is of a version with which today's clients do not speak."""
    if any(one.kind is Kind.MALFORMED and one.event == _CONFIRMED for one in e.turn):
        return Mistake(
            "older-protocol",
            "the server confirms a connection without a socket id, as Socket.IO 2 does; the page's "
            "client, and those of the grader, refuse that. Install a version for today's protocol: "
            "Socket.IO 4, or python-socketio 5.",
        )
    if not e.source.folder or not e.of(Fault.REFUSED, Fault.MALFORMED, Fault.MISSING):
        return None
    if any(one.kind is Kind.CONNECTED for one in e.conversation.entries):
        return None  # whatever the package says, another version is installed
    try:
        text = (e.source.folder / "package.json").read_text(encoding="utf-8")
        packages = json.loads(text).get("dependencies", {})
        version = re.search(r"\d+", packages.get("socket.io", ""))
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return None
    if not version or version[0] not in _OLD:
        return None
    line = next((i for i, one in enumerate(text.splitlines(), 1) if '"socket.io"' in one), 1)
    return Mistake(
        "older-protocol",
        f"this is Socket.IO {version[0]}: it speaks a protocol that the page's client, and those "
        "of the grader, do not. Install version 4: npm install socket.io@4.",
        Where("package.json", line),
    )


def path_in_node(e: Evidence) -> Mistake | None:
    """Nobody answers at /socket.io/, and the source says where Socket.IO is."""
    if not e.of(Fault.REFUSED) or not {one.args for one in e.turn if one.kind is Kind.HTTP} & {
        *NOT_THERE,
        (400,),
    }:
        return None
    for file, script in e.source.scripts.items():
        for path, line in script.paths:
            if path.rstrip("/") not in _USUAL:
                return Mistake(
                    "mounted-elsewhere",
                    f"Socket.IO is at {path}, and the page asks for it at /socket.io/, where "
                    "nobody answers.",
                    Where(file, line),
                )
    return None


def namespace_in_node(e: Evidence) -> Mistake | None:
    """Nothing is answered, and the source has its handlers in a namespace."""
    if not e.of(Fault.MISSING, Fault.UNPRINTED, Fault.REFUSED):
        return None
    if any(one.kind is Kind.HEARD for one in e.conversation.entries):
        return None
    for file, script in e.source.scripts.items():
        for name, line in script.namespaces:
            if name != "/":
                return Mistake(
                    "another-namespace",
                    f'the handlers are on the namespace "{name}", and the page connects to the '
                    'one that needs no name, "/". Remove the namespace.',
                    Where(file, line),
                )
    return None


RULES = (older_protocol, path_in_node, namespace_in_node)
