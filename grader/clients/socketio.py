"""A scripted client: python-socketio's own AsyncClient, every event in and out recorded."""

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import Callable
from typing import Any, Literal

import aiohttp
import socketio
from socketio.packet import BINARY_EVENT, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, Packet

from grader.history.conversation import Conversation, Kind
from grader.history.patience import Patience

Transport = Literal["websocket", "polling", "upgrade"]

LARGEST_MESSAGE = 4 * 2**20  # bytes of one WebSocket message or polling response

_TRANSPORTS = {
    "websocket": ["websocket"],
    "polling": ["polling"],
    "upgrade": ["polling", "websocket"],
}
_EVENTS = (EVENT, BINARY_EVENT)
_BARRIER = "/barrier-"  # namespaces that nobody serves
_LOSSES = {  # python-socketio's reasons, in words
    "server disconnect": "the server ends the connection",
    "transport error": "the connection breaks off",
}
_NEVER = 3600.0  # seconds: the patience is our own, not the library's
_CLOSING = 1.0  # seconds that the library's tasks have to end when they are cancelled
_NO_LINGER = struct.pack("ii", 1, 0)

_SILENT = logging.getLogger(
    "grader.clients.socketio"
)  # what the library would say is in the history
_SILENT.setLevel(logging.CRITICAL + 1)


class MalformedError(ValueError):
    """What the server sent is no Socket.IO packet; recorded already."""


class ScriptedClient:
    """One socket, with a name, that does what a check says and records what it hears."""

    def __init__(
        self,
        name: str,
        url: str,
        conversation: Conversation,
        patience: Callable[[], Patience],
        hopeless: Callable[[], bool],
    ) -> None:
        """`hopeless` says whether anything has happened after which nothing need be awaited."""
        self.name = name
        conversation.clients.append(name)
        self.sid = ""
        self.connected = False
        self._url = url
        self._conversation = conversation
        self._patience = patience
        self._hopeless = hopeless
        self._disconnected = False
        self._refused = ""
        self._tasks: list[asyncio.Future[Any]] = []  # of the library, to be ended with the client
        self._barriers = 0
        self._passed = 0
        self._sockets: list[socket.socket] = []
        self._session = _session(self._sockets, self._record_response)
        self._sio = socketio.AsyncClient(
            reconnection=False,
            handle_sigint=False,
            logger=_SILENT,
            engineio_logger=_SILENT,
            request_timeout=_NEVER,
            http_session=self._session,
            serializer=_recording_packets(self._take),
            websocket_extra_options={"max_msg_size": LARGEST_MESSAGE},
        )
        self._sio.on("disconnect", self._lost)

    async def connect(self, transport: Transport = "websocket") -> bool:
        """Connect to the default namespace; False when the server does not let it."""
        connecting = asyncio.ensure_future(
            self._sio.connect(self._url, transports=_TRANSPORTS[transport], wait_timeout=_NEVER)
        )
        connecting.add_done_callback(lambda _: self._conversation.changed())
        patience = self._patience()
        await self._conversation.until(
            lambda: connecting.done() or bool(self._refused) or self._hopeless(), patience
        )
        if not connecting.done():
            # It may take long to obey: it would wait for the server to close first.
            connecting.cancel()
            self._tasks.append(connecting)
            why = self._refused or f"no answer within {patience.seconds:g} s"
        elif error := connecting.exception():
            # Where the Engine.IO handshake is none, the library trips over it with any error.
            known = isinstance(error, (socketio.exceptions.ConnectionError, MalformedError))
            why = self._refused or (str(error) if known else f"not Engine.IO: {error!r}")
        elif transport == "upgrade" and self._sio.transport() != "websocket":
            why = "it stays on long-polling: the upgrade to WebSocket failed"
        elif (sid := self._sio.get_sid() or "") in self._conversation.sids:
            why = f"it gets the socket id of {self._conversation.sids[sid]}"
        else:
            self.connected = True
            self.sid = sid
            self._conversation.sids[self.sid] = self.name
            self._conversation.record(Kind.CONNECTED, self.name, transport)
            if self._disconnected:
                self._lost("server disconnect")
            return True
        self._conversation.record(Kind.REFUSED, self.name, why)
        return False

    async def emit(self, event: str, *args: Any) -> None:
        """Send an event with its arguments, unless the connection is lost already."""
        if self.connected:
            self._conversation.record(Kind.SENT, self.name, event, args)
            await self._sio.emit(event, args or None)

    async def barrier(self, patience: Patience | None = None) -> bool:
        """Wait until all that the server has queued for this client has come.

        The client asks to connect to a namespace that nobody serves; the refusal (or, where a
        server accepts every namespace, the acceptance) is queued behind everything else. False
        when neither comes before patience ends. The source is the Socket.IO protocol, revision
        5, "Connection to a namespace".
        """
        if not self.connected:
            return False
        self._barriers += 1
        number = self._barriers
        # A bare CONNECT packet; AsyncClient.connect() asks for namespaces only once.
        await self._sio.eio.send(f"{CONNECT}{_BARRIER}{number},")
        await self._conversation.until(
            lambda: self._passed >= number or not self.connected or self._hopeless(),
            patience or self._patience(),
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
        self.connected = False
        self._end_sockets()
        engine = self._sio.eio
        self._tasks += [task for task in (engine.read_loop_task, engine.write_loop_task) if task]
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_CLOSING)
        await self._session.close()

    def _record_leaving(self, how: str) -> None:
        self.connected = False
        self._conversation.record(Kind.LEFT, self.name, how)

    def _end_sockets(self) -> None:
        for one in self._sockets:
            if one.fileno() != -1:
                # A reset leaves no port behind in TIME_WAIT (RFC 9293, 3.6); shutting down
                # makes sure that the end goes out now, not when asyncio lets go of it.
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster

    def _take(self, packet: Packet | None, raw: Any) -> None:
        """Record a packet that came; None where `raw` is no packet."""
        if packet is None:
            wrong = ("is no Socket.IO packet",)
            self._conversation.record(Kind.MALFORMED, self.name, repr(raw)[:200], wrong)
        elif (packet.namespace or "/").startswith(_BARRIER):
            if packet.packet_type in (CONNECT, CONNECT_ERROR):
                self._passed += 1
                self._conversation.changed()
        elif packet.packet_type == CONNECT_ERROR:
            self._refused = _message(packet.data)
            self._conversation.changed()
        elif packet.packet_type == DISCONNECT:
            # It may come before connect() has returned, and the library then forgets it.
            self._disconnected = True
            self._lost("server disconnect")
        elif packet.packet_type in _EVENTS:
            event, *args = packet.data
            self._conversation.record(Kind.HEARD, self.name, str(event), tuple(args))

    def _record_response(self, request: str, status: int) -> None:
        self._conversation.record(Kind.HTTP, self.name, request, (status,))

    def _lost(self, reason: str) -> None:
        if self.connected:
            self.connected = False
            closed = self._sio.eio.ws.close_code if self._sio.eio.ws else None
            if closed == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
                reason = f"what came is larger than {LARGEST_MESSAGE // 2**20} MiB"
            self._conversation.record(Kind.LOST, self.name, _LOSSES.get(reason, reason))


def _recording_packets(take: Callable[[Packet | None, Any], None]) -> type[Packet]:
    """A packet class that hands every decoded packet to `take`, in the order of the wire."""

    class RecordingPacket(Packet):  # type: ignore[misc]
        def decode(self, encoded_packet: str) -> int:
            try:
                attachments: int = super().decode(encoded_packet) or 0
                if self.packet_type in _EVENTS and not _is_event(self.data):
                    raise ValueError("an event is an array that begins with its name")
            except (ValueError, IndexError, TypeError, AttributeError, RecursionError) as error:
                take(None, encoded_packet)
                raise MalformedError(str(error)) from error
            if not attachments:
                take(self, encoded_packet)
            return attachments

        def add_attachment(self, attachment: bytes) -> bool:
            complete: bool = super().add_attachment(attachment)
            if complete:
                take(self, attachment)
            return complete

    return RecordingPacket


def _message(data: Any) -> str:
    """The text of a CONNECT_ERROR: its `message`, or whatever came instead."""
    message = data.get("message") if isinstance(data, dict) else data
    return str(message or "connection refused")


def _is_event(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str)


def _session(
    sockets: list[socket.socket], responded: Callable[[str, int], None]
) -> aiohttp.ClientSession:
    """An HTTP session of one client's own, whose sockets and responses it knows."""

    def create(info: Any) -> socket.socket:
        family, kind, protocol, _, _ = info
        sockets.append(socket.socket(family, kind, protocol))
        return sockets[-1]

    async def ended(_session: Any, _context: Any, params: aiohttp.TraceRequestEndParams) -> None:
        if params.response.status >= 300:
            responded(f"{params.method} {params.url.path}", params.response.status)

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=create), trace_configs=[trace]
    )
