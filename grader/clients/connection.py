"""One connection of a client: python-socketio's own, with every packet recorded as it comes."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
import engineio
import socketio
from socketio.packet import CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, Packet

from grader.clients.line import BARRIER, Line
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

_SILENT = logging.getLogger(__name__)  # what the library would say is in the history
_SILENT.setLevel(logging.CRITICAL + 1)


class Connection:
    """A connection to the default namespace, made once; what is said on it belongs to `name`."""

    def __init__(self, name: str, line: Line, session: aiohttp.ClientSession) -> None:
        """`session` is what the client makes its requests by."""
        self.sid = ""
        self.is_open = False
        self._name = name
        self._line = line
        self._conversation = line.conversation
        self._tasks: list[asyncio.Future[Any]] = []  # of the library, to be ended with this
        self._web: aiohttp.ClientWebSocketResponse | None = None  # to be closed with this
        self._barriers = self._passed = 0
        self._asked = 0  # how many acknowledgements
        self._unacked: dict[int, str] = {}  # number of each that is due → its event
        self._disconnected = self._recovers = False
        self._refusal: Packet | None = None
        self._early: list[tuple[Kind, str, Payload]] | None = []  # came before it was let in
        self._sio = socketio.AsyncClient(
            reconnection=False,
            handle_sigint=False,
            logger=_SILENT,
            engineio_logger=_SILENT,
            request_timeout=_NEVER,
            http_session=session,
            serializer=recording_packets(self._take),
            websocket_extra_options={"max_msg_size": LARGEST_MESSAGE},
        )
        self._sio.on("disconnect", self._lost)
        own_its_errors(self._sio, self._trip, self._conversation.fail)

    async def open(
        self, transport: Transport, claims: Mapping[str, str], auth: Mapping[str, str] | None
    ) -> bool:
        """Connect; False when the server does not let it. What becomes of it is recorded.

        `claims` go along in the query of the handshake, and in headers `X-…`.
        """
        query = urlencode(claims)
        attempt = asyncio.ensure_future(
            self._sio.connect(
                f"{self._line.url}?{query}" if query else self._line.url,
                headers={f"X-{key.title()}": value for key, value in claims.items()},
                auth=auth,
                transports=_TRANSPORTS[transport],
                wait_timeout=_NEVER,
            )
        )
        attempt.add_done_callback(self._attempted)
        self._tasks.append(attempt)
        silence = await self._wait_for_answer(
            attempt, Patience(_SOON) if auth else self._line.patience()
        )
        if why := silence or self._why_not(attempt, transport):
            said = (self._refusal.data,) if self._refusal else ()  # of a CONNECT_ERROR
            why = message_of(*said) if said else why
            self._conversation.record(Kind.REFUSED, self._name, why, said)
            return False
        self._begin(transport)
        return True

    async def _wait_for_answer(self, attempt: "asyncio.Future[None]", patience: Patience) -> str:
        """Until the server has let it in, or refused; that it has done neither, "" if it has."""

        def answered() -> bool:
            return attempt.done() or bool(self._refusal)

        until = self._conversation.until
        late = not await until(lambda: answered() or self._line.hopeless(), patience)
        if not (late or answered()):
            # A server that ends one connection for another answers both, in either order.
            await until(answered, self._line.patience())
        if attempt.done():
            return ""
        # It may take long to obey: it would wait for the server to close first.
        attempt.cancel()
        return f"no answer within {patience.seconds:g} s" if late else "no answer"

    def _why_not(self, attempt: "asyncio.Future[None]", transport: Transport) -> str:
        """Why an attempt that was answered makes no connection; "" where it does."""
        if error := attempt.exception():
            # Where the Engine.IO handshake is none, the library trips over it with any error.
            known = isinstance(error, socketio.exceptions.ConnectionError)
            return str(error) if known else f"not Engine.IO: {error!r}"
        if transport == "upgrade" and self._sio.transport() != "websocket":
            return "it stays on long-polling: the upgrade to WebSocket failed"
        if owner := self._conversation.sids.get(self._sio.get_sid() or ""):
            return f"it gets the socket id of {owner}"
        return ""

    def _begin(self, transport: Transport) -> None:
        self.is_open = True
        self.sid = self._sio.get_sid() or ""
        self._conversation.sids[self.sid] = self._name
        self._conversation.record(Kind.CONNECTED, self._name, transport)
        # What was sent before the connection was confirmed, socket.io-client hands on now.
        early, self._early = self._early or [], None
        for kind, event, args in early:
            self._conversation.record(kind, self._name, event, args)
        for task in (self._sio.eio.read_loop_task, self._sio.eio.write_loop_task):
            if task:  # there is none any more where the connection has ended meanwhile
                task.add_done_callback(self._library_ended)
        if self._disconnected:
            self._lost("server disconnect")

    def _attempted(self, attempt: "asyncio.Future[None]") -> None:
        if not attempt.cancelled():
            attempt.exception()  # nothing may wait for it any more: it is not reported twice
        self._conversation.changed()

    async def send(self, event: str, *args: Any, ack: bool = False) -> None:
        """Send an event; `ack`: ask for an acknowledgement, which is recorded when it comes."""
        self._conversation.record(Kind.SENT, self._name, event, args)
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
        if not self.is_open:
            return False
        self._barriers += 1
        number = self._barriers
        # A bare CONNECT packet; AsyncClient.connect() asks for namespaces only once.
        await self._sio.eio.send(f"{CONNECT}{BARRIER}{number},")
        await self._conversation.until(
            lambda: self._passed >= number or not self.is_open or self._line.hopeless(),
            patience or self._line.patience(),
        )
        return self._passed >= number

    async def disconnect(self) -> None:
        """End it cleanly, as `socket.disconnect()` does."""
        # AsyncClient.disconnect() closes the transport before its packet is out, so that the
        # server sees a closed tab. Here the packet goes first, as in the browser's client.
        engine = self._sio.eio
        await engine.send(str(DISCONNECT))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING):  # the connection may break just now
                await engine.queue.join()
        await engine.disconnect(abort=True)

    async def close_websocket(self) -> None:
        """Close the WebSocket with its closing handshake alone."""
        await self._sio.eio.ws.close(code=aiohttp.WSCloseCode.GOING_AWAY)

    def abandon(self) -> None:
        """Let it be: what is still heard on it is not the client's any more."""
        self.is_open = False
        self._web = self._sio.eio.ws or self._web  # the library forgets it
        # The library keeps all that are connected, for when the process is interrupted.
        with contextlib.suppress(ValueError):
            engineio.base_client.connected_clients.remove(self._sio.eio)

    async def close(self) -> None:
        """End what the library still does about it."""
        self.abandon()
        engine = self._sio.eio
        tasks = [*self._tasks, *filter(None, (engine.read_loop_task, engine.write_loop_task))]
        for task in tasks:
            task.cancel()
        if tasks:
            done, _ = await asyncio.wait(tasks, timeout=_CLOSING)
            for task in done:  # what they end with now, nobody needs
                _ = task.cancelled() or task.exception()
        if self._web:  # it would say that nobody has, when it is let go of
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with asyncio.timeout(_CLOSING):
                    await self._web.close()

    def _library_ended(self, task: asyncio.Task[None]) -> None:
        """Record what the library has tripped over, where it does so for good."""
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception) and self.is_open:
            self._trip(f"{error!r}", error)

    def _trip(self, message: str, _error: Exception) -> None:
        """Record a message that is no packet."""
        wrong = ("is no Socket.IO packet",)
        self._conversation.record(Kind.MALFORMED, self._name, message[:200], wrong)

    def _take(self, packet: Packet) -> None:
        """Record a packet that came."""
        if (packet.namespace or "/").startswith(BARRIER):
            # One may never have been answered, and another is answered twice.
            asked = range(self._passed + 1, self._barriers + 1)
            number = (packet.namespace or "").removeprefix(BARRIER)
            if packet.packet_type in (CONNECT, CONNECT_ERROR) and number in map(str, asked):
                self._passed = int(number)
                self._conversation.changed()
        elif packet.packet_type == CONNECT_ERROR:
            self._refusal = packet
            self._lost("server disconnect")  # where it had let the client in
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
            if packet.data[0] == "disconnect":
                # The library would take an event of this name for the end of the connection.
                packet.data = ["an event"]
        elif packet.packet_type in ACKS and (due := self._unacked.pop(packet.id, "")):
            self._comes(Kind.ACKED, due, tuple(packet.data))

    def _comes(self, kind: Kind, event: str, args: Payload) -> None:
        """Record it, or keep it until the connection is confirmed, as socket.io-client does."""
        if self._early is None:
            self._conversation.record(kind, self._name, event, args)
        else:
            self._early.append((kind, event, args))

    def _lost(self, reason: str) -> None:
        if self.is_open:
            self.is_open = False
            closed = self._sio.eio.ws.close_code if self._sio.eio.ws else None
            if closed == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
                reason = f"what came is larger than {LARGEST_MESSAGE // 2**20} MiB"
            self._conversation.record(Kind.LOST, self._name, _LOSSES.get(reason, reason))
