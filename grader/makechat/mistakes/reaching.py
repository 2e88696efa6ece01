"""Mistakes that keep clients from a server that runs: its address, its path, its namespace."""

import ast
import re
from collections.abc import Iterator

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.frameworks import framework
from grader.makechat.mistakes.connecting import NOT_THERE
from grader.report.result import Mistake, Where

_AT = re.compile(r"listened at (?P<address>\S+), but not at")
_NOT_HERE = re.compile(r"annot assign requested address|EADDRNOTAVAIL|Errno 99\b")
_IN_A_LINE = re.compile(r"\('(?P<python>[^']+)', \d+|not available (?P<node>\S+?):\d+")


def another_address(e: Evidence) -> Mistake | None:
    """It listens, but not where the page's requests go."""
    for finding in e.of(Fault.NOT_READY):
        if found := _AT.match(finding.text):
            return Mistake(
                "another-address",
                f"the server takes clients at {found['address']} alone, and nobody listens at "
                f"127.0.0.1, where the page and the grader look for it: "
                f"{framework(e.source).listens}.",
                _place(e, "host", "address"),
            )
    return None


def address_not_here(e: Evidence) -> Mistake | None:
    """It is told to listen at an address that is another machine's, or nobody's."""
    if not e.of(Fault.NOT_READY):
        return None
    for line in filter(_NOT_HERE.search, e.printed):
        found = _IN_A_LINE.search(line)
        address = found and (found["python"] or found["node"])
        what = (
            f"this machine does not have the address {address}"
            if address
            else "this machine does not have the address at which the server is to listen"
        )
        return Mistake(
            "address-not-here",
            f"{what}: {framework(e.source).listens}.",
            _place(e, "host", "address"),
        )
    return None


def mounted_elsewhere(e: Evidence) -> Mistake | None:
    """Socket.IO is served, at another path than the page asks for."""
    if not e.of(Fault.REFUSED) or not _nothing_there(e):
        return None
    for path, where in _paths(e):
        return Mistake(
            "mounted-elsewhere",
            f"Socket.IO is at {path}, and the page asks for it at /socket.io/, where nobody "
            "answers.",
            where,
        )
    return None


def another_namespace(e: Evidence) -> Mistake | None:
    """The handlers are there, on a namespace to which the page does not connect."""
    sent = e.act.event if e.act and e.act.kind is Kind.SENT else ""
    silent = e.of(Fault.MISSING, Fault.UNPRINTED) and sent
    if not silent and not e.of(Fault.REFUSED):
        return None
    handlers = [one for one in _handlers(e) if not silent or one[0] in (sent, "")]
    others = [one for one in handlers if one[1] != "/"]
    if not others or len(others) < len(handlers):
        return None
    _, namespace, where = others[0]
    return Mistake(
        "another-namespace",
        f'the handlers are on the namespace "{namespace}", and the page connects to the one that '
        'needs no name, "/". Remove the namespace.',
        where,
    )


def _nothing_there(e: Evidence) -> bool:
    """Whether somebody answers requests, and nobody at /socket.io/."""
    return any(one.kind is Kind.HTTP and one.args in NOT_THERE for one in e.turn)


def _paths(e: Evidence) -> list[tuple[str, Where]]:
    """The paths at which the source says that Socket.IO is served, other than the usual one."""
    given = [
        *e.source.given("mount", keyword="path"),
        *e.source.given("attach", keyword="socketio_path", place=1),
        *e.source.given("ASGIApp", keyword="socketio_path", place=9),
        *e.source.given("WSGIApp", keyword="socketio_path", place=9),
        *e.source.given("SocketIO", keyword="path", place=9),
    ]
    slashed = ((f"/{path.strip('/')}", where) for path, where in given)
    return [(path, where) for path, where in slashed if path not in ("/", "/socket.io", "/static")]


def _handlers(e: Evidence) -> list[tuple[str, str, Where]]:
    """Event, namespace and place of each handler; "" is the event of all those of a class."""
    found = []
    for file, tree in e.source.trees.items():
        nodes = [*ast.walk(tree)]
        classes = {node.name for node in nodes if isinstance(node, ast.ClassDef) and _is_one(node)}
        for node in nodes:
            if isinstance(node, ast.Call) and ast.unparse(node.func) in classes:
                found.append(("", _literal(node.args[:1]), Where(file, node.lineno)))
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found += [
                    (event, namespace, Where(file, node.lineno))
                    for event, namespace in _registered(node)
                ]
    return found


def _is_one(node: ast.ClassDef) -> bool:
    """Whether the class is a namespace by one of its bases."""
    return any("Namespace" in ast.unparse(base) for base in node.bases)


def _registered(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, str]]:
    """Event and namespace for which decorators register a function."""
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        method = call.func if call else decorator
        if isinstance(method, ast.Attribute) and method.attr in ("on", "event"):
            namespaces = [k.value for k in call.keywords if k.arg == "namespace"] if call else []
            event = _literal(call.args[:1], node.name) if call else node.name
            yield event, _literal(namespaces)


def _literal(values: list[ast.expr], otherwise: str = "/") -> str:
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return otherwise


def _place(e: Evidence, *keywords: str) -> Where | None:
    return next(filter(None, map(e.source.keyword, keywords)), None)


RULES = (another_address, address_not_here, mounted_elsewhere, another_namespace)
