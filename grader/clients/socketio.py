"""A scripted client: python-socketio's own AsyncClient, every event in and out recorded.

A client is one tab of a user's browser: its socket, its requests and those of the browser's other
tabs have their cookies in common.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
import engineio
import socketio
from socketio.packet import CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, Packet

from grader.clients.cookies import Cookies
from grader.clients.http import NOTHING, Answer, Requests, session_of
from grader.clients.line import BARRIER, Line, end_with_a_reset
from grader.clients.packets import (
    ACKS,
    EVENTS,
    arguments,
    message_of,
    own_its_errors,
    recording_packets,
    recovers,
)
from grader.history.conversation import Kind, Payload
from grader.history.patience import Patience
from grader.history.values import text_of

Transport = Literal["websocket", "polling", "upgrade"]

LARGEST_MESSAGE = 4 * 2**20  # bytes of one WebSocket message or polling response

_TRANSPORTS = {
    "websocket": ["websocket"],
    "polling": ["polling"],
    "upgrade": ["polling", "websocket"],
}
_LOSSES = {  # python-socketio's reasons, in words
    "server disconnect": "the server ends the connection",
    "transport error": "the connection breaks off",
}
_NEVER = 3600.0  # seconds: the patience is our own, not the library's
_SOON = 0.25  # seconds
_CLOSING = 1.0  # seconds that the library's tasks have to end when they are cancelled

_SILENT = logging.getLogger(
    "grader.clients.socketio"
)  # what the library would say is in the history
_SILENT.setLevel(logging.CRITICAL + 1)


class ScriptedClient:
    """One socket, with a name, that does what a check says and records what it hears."""

    def __init__(
        self,
        name: str,
        line: Line,
        *,
        user: str = "",
        cookies: Cookies | None = None,
    ) -> None:
        """`user` is the client's user, if the name says something else. `cookies` are those of the
        browser in which it is a tab; without them it has a browser of its own.
        """
        self.name = name
        self.user = user or name
        self.cookies = cookies or Cookies(line.url)
        line.conversation.clients.append(name)
        self.sid = ""
        self.connected = False
        self._line = line
        self._conversation = line.conversation
        self._tasks: list[asyncio.Future[Any]] = []  # of the library, to be ended with the client
        self._barriers = 0
        self._passed = 0
        self._asked = 0  # how many acknowledgements
        self._unacked: dict[int, str] = {}  # number of each that is due → its event
        self._sockets: list[socket.socket] = []
        self._webs: list[aiohttp.ClientWebSocketResponse] = []  # to be closed with the client
        self._session = session_of(line.world, self._sockets, self.cookies, self._record_response)
        self._requests = Requests(name, line, self._session, self.cookies)
        self._tried = False
        self._begin()

    def _begin(self) -> None:
        """Be as before the first connection."""
        self._disconnected = self._recovers = False
        self._refusal: Packet | None = None
        self._early: list[tuple[Kind, str, Payload]] | None = []  # came before it was let in
        self._sio = socketio.AsyncClient(
            reconnection=False,
            handle_sigint=False,
            logger=_SILENT,
            engineio_logger=_SILENT,
            request_timeout=_NEVER,
            http_session=self._session,
            serializer=recording_packets(self._take),
            websocket_extra_options={"max_msg_size": LARGEST_MESSAGE},
        )
        self._sio.on("disconnect", self._lost)
        own_its_errors(self._sio, self._trip, self._conversation.fail)

    async def connect(
        self,
        transport: Transport = "websocket",
        *,
        claims: Mapping[str, str] | None = None,
        auth: Mapping[str, str] | None = None,
    ) -> bool:
        """Connect to the default namespace; False when the server does not let it.

        A client that has left, or was refused, may connect again. What it claims goes along in
        the query of the handshake, and in headers `X-…`. What it claims by `auth` is answered soon
        or never: a handler of python-socketio that takes the sid and the environ alone is not
        called then, and its client hears nothing.
        """
        if self._tried:
            self._abandon()
            self._begin()
        self._tried = True
        claimed = auth or claims or {}
        if claimed:
            self._conversation.record(Kind.ACTED, self.name, "claims", (text_of(claimed),))
        query = urlencode(claims or {})
        connecting = asyncio.ensure_future(
            self._sio.connect(
                f"{self._line.url}?{query}" if query else self._line.url,
                headers={f"X-{key.title()}": value for key, value in (claims or {}).items()},
                auth=auth,
                transports=_TRANSPORTS[transport],
                wait_timeout=_NEVER,
            )
        )
        connecting.add_done_callback(self._connecting_ended)
        self._tasks.append(connecting)  # ended with the client, where the check ends before it

        def answered() -> bool:
            return connecting.done() or bool(self._refusal)

        until = self._conversation.until
        patience = Patience(_SOON) if auth else self._line.patience()
        late = not await until(lambda: answered() or self._line.hopeless(), patience)
        if not (late or answered()):
            # A server that ends one connection for another answers both, in either order.
            await until(answered, self._line.patience())
        said = (self._refusal.data,) if self._refusal else ()  # of a CONNECT_ERROR
        refused = message_of(*said) if said else ""
        if not connecting.done():
            # It may take long to obey: it would wait for the server to close first.
            connecting.cancel()
            why = refused or (f"no answer within {patience.seconds:g} s" if late else "no answer")
        elif error := connecting.exception():
            # Where the Engine.IO handshake is none, the library trips over it with any error.
            known = isinstance(error, socketio.exceptions.ConnectionError)
            why = refused or (str(error) if known else f"not Engine.IO: {error!r}")
        elif transport == "upgrade" and self._sio.transport() != "websocket":
            why = "it stays on long-polling: the upgrade to WebSocket failed"
        elif (sid := self._sio.get_sid() or "") in self._conversation.sids:
            why = f"it gets the socket id of {self._conversation.sids[sid]}"
        else:
            self.connected = True
            self.sid = sid
            self._conversation.sids[self.sid] = self.name
            self._conversation.record(Kind.CONNECTED, self.name, transport)
            # What was sent before the connection was confirmed, socket.io-client hands on now.
            early, self._early = self._early or [], None
            for kind, event, args in early:
                self._conversation.record(kind, self.name, event, args)
            for task in (self._sio.eio.read_loop_task, self._sio.eio.write_loop_task):
                if task:  # there is none any more where the connection has ended meanwhile
                    task.add_done_callback(self._library_ended)
            if self._disconnected:
                self._lost("server disconnect")
            return True
        self._conversation.record(Kind.REFUSED, self.name, why, said)
        return False

    def _connecting_ended(self, connecting: "asyncio.Future[None]") -> None:
        if not connecting.cancelled():
            connecting.exception()  # nothing may wait for it any more: it is not reported twice
        self._conversation.changed()

    async def get(self, path: str) -> Answer:
        """The answer to GET, with the browser's cookies; a redirect is not followed.

        Raises CheckFailed where none comes.
        """
        return await self._requests.get(path)

    async def post(
        self,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        json: Any = NOTHING,
        body: str = "",
        media: str = "",
    ) -> Answer:
        """The answer to POST with a form, a JSON value, or any body of any content type.

        It has the browser's cookies; a redirect is not followed. Raises CheckFailed where no
        answer comes.
        """
        return await self._requests.post(path, form=form, json=json, body=body, media=media)

    def set_cookie(self, name: str, value: str) -> None:
        """Put a cookie into the browser by hand, or replace the one that is there."""
        self._conversation.cookies.add(value)
        self._conversation.record(Kind.ACTED, self.name, "sets a cookie", (f"{name}={value}",))
        self.cookies.set(name, value)

    async def emit(self, event: str, *args: Any, ack: bool = False) -> None:
        """Send an event with its arguments, unless the connection is lost already.

        `ack`: ask for an acknowledgement, which is recorded when it comes.
        """
        if not self.connected:
            return
        self._conversation.record(Kind.SENT, self.name, event, args)
        if not ack:
            await self._sio.emit(event, args or None)
            return
        self._asked += 1
        self._unacked[self._asked] = event
        # AsyncClient.emit() would call back from a task of its own, in any order.
        encoded = Packet(EVENT, data=[event, *args], id=self._asked).encode()
        for piece in encoded if isinstance(encoded, list) else [encoded]:
            await self._sio.eio.send(piece)

    async def barrier(self, patience: Patience | None = None) -> bool:
        """Wait until all that the server has queued for this client has come.

        The client asks to connect to a namespace that nobody serves; the refusal (or, where a
        server accepts every namespace, the acceptance) is queued after everything else. False
        when neither comes before patience ends. The source is the Socket.IO protocol, revision
        5, "Connection to a namespace".
        """
        if not self.connected:
            return False
        self._barriers += 1
        number = self._barriers
        # A bare CONNECT packet; AsyncClient.connect() asks for namespaces only once.
        await self._sio.eio.send(f"{CONNECT}{BARRIER}{number},")
        await self._conversation.until(
            lambda: self._passed >= number or not self.connected or self._line.hopeless(),
            patience or self._line.patience(),
        )
        return self._passed >= number

    async def leave(self) -> None:
        """Disconnect cleanly, as `socket.disconnect()` does."""
        self._record_leaving("disconnects")
        # AsyncClient.disconnect() closes the transport before its packet is out, so that the
        # server sees a closed tab. Here the packet goes first, as in the browser's client.
        engine = self._sio.eio
        await engine.send(str(DISCONNECT))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING):  # the connection may break just now
                await engine.queue.join()
        await engine.disconnect(abort=True)

    async def close_tab(self) -> None:
        """Close the WebSocket with its closing handshake alone, as a closed tab does."""
        self._record_leaving("closes the tab")
        await self._sio.eio.ws.close(code=aiohttp.WSCloseCode.GOING_AWAY)

    async def cut(self) -> None:
        """End the TCP connection with nothing said, as a crashed browser does."""
        self._record_leaving("is cut off")
        self._end_sockets()

    async def close(self) -> None:
        """Let go of everything; the server need not answer any more."""
        self._abandon()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            done, _ = await asyncio.wait(self._tasks, timeout=_CLOSING)
            for task in done:  # what they end with now, nobody needs
                _ = task.cancelled() or task.exception()
        await self._session.close()
        for web in self._webs:  # it would say that nobody has, when it is let go of
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with asyncio.timeout(_CLOSING):
                    await web.close()

    def _abandon(self) -> None:
        """Let the connection be; what the library still does about it is ended with the client."""
        self.connected = False
        self._end_sockets()
        engine = self._sio.eio
        if engine.ws:
            self._webs.append(engine.ws)
        # The library keeps all that are connected, for when the process is interrupted.
        with contextlib.suppress(ValueError):
            engineio.base_client.connected_clients.remove(engine)
        self._tasks += [task for task in (engine.read_loop_task, engine.write_loop_task) if task]

    def _record_leaving(self, how: str) -> None:
        self.connected = False
        self._conversation.record(Kind.LEFT, self.name, how)

    def _end_sockets(self) -> None:
        for one in self._sockets:
            if one.fileno() != -1:
                end_with_a_reset(one)
                try:  # so the end goes out now, not when asyncio lets go of it
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster

    def _library_ended(self, task: asyncio.Task[None]) -> None:
        """Record what the library has tripped over, where it does so for good."""
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception) and self.connected:
            self._trip(f"{error!r}", error)

    def _trip(self, message: str, _error: Exception) -> None:
        """Record a message that is no packet."""
        wrong = ("is no Socket.IO packet",)
        self._conversation.record(Kind.MALFORMED, self.name, message[:200], wrong)

    def _take(self, packet: Packet) -> None:
        """Record a packet that came."""
        if (packet.namespace or "/").startswith(BARRIER):
            # One may have been lost with an earlier connection, or be answered twice.
            asked = range(self._passed + 1, self._barriers + 1)
            number = (packet.namespace or "").removeprefix(BARRIER)
            if packet.packet_type in (CONNECT, CONNECT_ERROR) and number in map(str, asked):
                self._passed = int(number)
                self._conversation.changed()
        elif packet.packet_type == CONNECT_ERROR:
            self._refusal = packet
            self._conversation.changed()
        elif packet.packet_type == DISCONNECT:
            # It may come before connect() has returned, and the library then forgets it.
            self._disconnected = True
            self._lost("server disconnect")
        elif packet.packet_type == CONNECT:
            self._recovers = recovers(packet)
        elif packet.packet_type in EVENTS:
            args = arguments(packet, recovers=self._recovers)
            self._comes(Kind.HEARD, str(packet.data[0]), args)
        elif packet.packet_type in ACKS and (due := self._unacked.pop(packet.id, "")):
            self._comes(Kind.ACKED, due, tuple(packet.data))

    def _comes(self, kind: Kind, event: str, args: Payload) -> None:
        """Record it, or keep it until the connection is confirmed, as socket.io-client does."""
        if self._early is None:
            self._conversation.record(kind, self.name, event, args)
        else:
            self._early.append((kind, event, args))

    def _record_response(self, request: str, status: int) -> None:
        self._conversation.record(Kind.HTTP, self.name, request, (status,))

    def _lost(self, reason: str) -> None:
        if self.connected:
            self.connected = False
            closed = self._sio.eio.ws.close_code if self._sio.eio.ws else None
            if closed == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
                reason = f"what came is larger than {LARGEST_MESSAGE // 2**20} MiB"
            self._conversation.record(Kind.LOST, self.name, _LOSSES.get(reason, reason))
