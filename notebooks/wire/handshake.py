"""The opening handshake, by which an HTTP connection becomes a WebSocket (RFC 6455, 4).

    request = Request("127.0.0.1:3000", protocols=("chat",))
    request.head().serialise()  # what the client sends
    response = Response.parse(head, request)  # what the server answered

    request = Request.parse(head)  # what the client asked
    request.accept("chat").head().serialise()  # what the server answers

`http_head` reads the heads. Numbers in the comments are sections of RFC 6455, where no other is
named.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

from wire import WireError
from wire.http_head import TOKEN, Head, HeadError, HeadTooBigError

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # 1.3: what no other protocol puts after a key
VERSION = "13"

# RFC 9112, 3.2: a target is a path, or a whole URI: printable, and without a space.
_TARGET = re.compile("[!-~]+")
# The fields that a request has of its own, in lower case.
_OWN = frozenset(
    {"host", "upgrade", "connection"}
    | {f"sec-websocket-{name}" for name in ("key", "version", "protocol")}
)


class HandshakeError(WireError):
    """A handshake that fails."""


class RequestError(HandshakeError):
    """A request that is not answered with a WebSocket, but with this status."""

    status = HTTPStatus.BAD_REQUEST

    def head(self) -> Head:
        """The head of the response, which has no body."""
        return Head(_status_line(self.status), (*self._fields(), ("Content-Length", "0")))

    def _fields(self) -> tuple[tuple[str, str], ...]:
        return (("Connection", "close"),)


class UpgradeRequiredError(RequestError):
    """A request for something else than a WebSocket of version 13."""

    status = HTTPStatus.UPGRADE_REQUIRED

    def _fields(self) -> tuple[tuple[str, str], ...]:
        # RFC 9110, 15.5.22: the response names what to upgrade to; 7.8: Connection then lists
        # Upgrade. RFC 6455, 4.4: and it names the version that would do.
        return (
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade, close"),
            ("Sec-WebSocket-Version", VERSION),
        )


class RequestTooBigError(RequestError):
    """A request whose head is too large (RFC 6585, 5)."""

    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


class ResponseError(HandshakeError):
    """A response that makes no WebSocket: the client closes the connection (4.1)."""


def new_key() -> str:
    """A key: 16 random bytes in base64 (4.1)."""
    return base64.b64encode(secrets.token_bytes(16)).decode()


def accept_of(key: str) -> str:
    """What proves to a client that the server read its key, and knows WebSocket."""
    # 4.2.2: SHA-1 of the key as it stands, not decoded, and the GUID; in base64.
    return base64.b64encode(hashlib.sha1((key + GUID).encode("latin-1")).digest()).decode()


def choose(offered: Iterable[str], known: Iterable[str]) -> str | None:
    """The subprotocol to speak: the first offered one that is known, or none."""
    # 4.1: the client names the one it likes best first. 4.2.2: the server may take any, or none.
    known = set(known)
    return next((one for one in offered if one in known), None)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for. Raises RequestError for what no client may ask.

    host: with the port, where that is not 80.
    protocols: the subprotocols that the client speaks, the best first.
    fields: further ones as (name, value), such as Origin and Cookie.
    """

    host: str
    target: str = "/"
    key: str = field(default_factory=new_key)
    protocols: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not _TARGET.fullmatch(self.target):
            raise RequestError(f"{self.target!r} is no target; write a path without spaces")
        # 4.2.1: a key is one that decodes to 16 bytes.
        if not _is_key(self.key):
            raise RequestError(f"{self.key!r} is no key; send 16 bytes in base64")
        # 4.1: the names of subprotocols are tokens, no two alike.
        for name in self.protocols:
            if not TOKEN.fullmatch(name):
                raise RequestError(f"{name!r} is no subprotocol; write a word without separators")
        if len(set(self.protocols)) < len(self.protocols):
            raise RequestError("a subprotocol is offered twice; offer each once")

    def head(self) -> Head:
        """The head to send."""
        offer = (("Sec-WebSocket-Protocol", ", ".join(self.protocols)),) if self.protocols else ()
        return Head(
            f"GET {self.target} HTTP/1.1",
            (
                ("Host", self.host),
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Key", self.key),
                ("Sec-WebSocket-Version", VERSION),
                *offer,
                *self.fields,
            ),
        )

    @classmethod
    def parse(cls, head: Head) -> "Request":
        """The request with this head. Raises RequestError, which knows how to answer it."""
        method, target, version = _request_line(head.start)
        # RFC 9112, 3.2: a request without a Host, or with two, is bad.
        hosts = head.values("Host")
        if len(hosts) != 1:
            raise RequestError(f"{len(hosts)} fields Host; send one")
        # 4.2.1: it is a GET, of HTTP/1.1 or higher. Only HTTP/1 has an upgrade (RFC 9110, 7.8),
        # and 1.1 is the highest there is of that.
        if (method, version) != ("GET", "HTTP/1.1"):
            raise RequestError(f"{method} in {version}; send GET in HTTP/1.1")
        # 4.2.1: Upgrade has the value websocket, Connection the token Upgrade, in any case of
        # letters and among others.
        if not (_lists(head, "Upgrade", "websocket") and _lists(head, "Connection", "upgrade")):
            raise UpgradeRequiredError("no upgrade; send Upgrade: websocket, Connection: Upgrade")
        # 4.4: another version is refused, and told which would do. 11.3.5: there is one at most.
        versions = head.values("Sec-WebSocket-Version")
        if versions != [VERSION]:
            asked = ", ".join(versions) or "none"
            raise UpgradeRequiredError(f"version {asked}; send Sec-WebSocket-Version: {VERSION}")
        # 4.2.1: there is a key. 11.3.1: there is one.
        keys = head.values("Sec-WebSocket-Key")
        if len(keys) != 1:
            raise RequestError(f"{len(keys)} fields Sec-WebSocket-Key; send one")
        return cls(
            hosts[0],
            target,
            keys[0],
            tuple(head.listed("Sec-WebSocket-Protocol")),
            tuple((name, value) for name, value in head.fields if name.lower() not in _OWN),
        )

    def accept(self, protocol: str | None = None) -> "Response":
        """The server's answer, in this one of the protocols. Raises ValueError for another one."""
        if protocol is not None and protocol not in self.protocols:
            raise ValueError(f"{protocol!r} was not offered; choose among what was, or none")
        return Response(accept_of(self.key), protocol)


@dataclass(frozen=True, slots=True)
class Response:
    """The answer that makes a connection a WebSocket."""

    accept: str
    protocol: str | None = None

    def head(self) -> Head:
        """The head to send."""
        agreed = (("Sec-WebSocket-Protocol", self.protocol),) if self.protocol else ()
        return Head(
            _status_line(HTTPStatus.SWITCHING_PROTOCOLS),
            (
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", self.accept),
                *agreed,
            ),
        )

    @classmethod
    def parse(cls, head: Head, request: Request) -> "Response":
        """The response with this head to that request. Raises ResponseError."""
        # 4.1: any status but 101 is plain HTTP: a redirection, a login that is asked for.
        version, status, *_ = [*head.start.split(" ", 2), ""]
        if (version, status) != ("HTTP/1.1", "101"):
            raise ResponseError(f"{head.start!r} is no upgrade; the server must answer 101")
        # 4.1: Upgrade is websocket, and Connection lists Upgrade.
        if not (_lists(head, "Upgrade", "websocket") and _lists(head, "Connection", "upgrade")):
            raise ResponseError("101 without Upgrade: websocket, Connection: Upgrade; send both")
        # 4.1: a wrong answer to the key comes from who did not read it, such as a cache.
        accepts = head.values("Sec-WebSocket-Accept")
        if accepts != [accept_of(request.key)]:
            shown = ", ".join(accepts) or "missing"
            raise ResponseError(
                f"Sec-WebSocket-Accept is {shown}; to this key it is {accept_of(request.key)}"
            )
        # 4.1: what the client did not offer must not be used; it never offers extensions here.
        if extensions := head.listed("Sec-WebSocket-Extensions"):
            raise ResponseError(f"extension {extensions[0]} was not offered; use none")
        # 11.3.4: the server names one subprotocol, or none.
        protocols = head.values("Sec-WebSocket-Protocol")
        if len(protocols) > 1:
            raise ResponseError(f"{len(protocols)} subprotocols; choose one")
        if protocols and protocols[0] not in request.protocols:
            raise ResponseError(f"subprotocol {protocols[0]!r} was not offered; use one that was")
        return cls(accepts[0], protocols[0] if protocols else None)


def refusal(error: HeadError) -> RequestError:
    """How a request is answered whose head could not be read."""
    kind = RequestTooBigError if isinstance(error, HeadTooBigError) else RequestError
    return kind(str(error))


def _request_line(start: str) -> tuple[str, str, str]:
    # RFC 9112, 3: method, target and version, one space between.
    match start.split(" "):
        case [method, target, version] if method and target:
            return method, target, version
    raise RequestError(f"{start!r} is no request; send GET, a path, HTTP/1.1")


def _status_line(status: HTTPStatus) -> str:
    return f"HTTP/1.1 {status.value} {status.phrase}"


def _lists(head: Head, name: str, element: str) -> bool:
    return element in map(str.lower, head.listed(name))


def _is_key(key: str) -> bool:
    try:
        return len(key) == 24 and len(base64.b64decode(key, validate=True)) == 16
    except ValueError:
        return False
