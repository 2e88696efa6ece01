"""The client of step 1 that is made of bytes: what it sends, and what it takes for a frame."""

import asyncio
import contextlib
import socket
from typing import cast
from urllib.parse import urlsplit

from grader.clients import frames
from grader.clients.echo import EchoClient
from grader.clients.frames import Frame, MalformedError, Opcode, Sending
from grader.clients.line import end_with_a_reset
from grader.history.conversation import END, Kind
from grader.history.patience import Patience

GOING_AWAY = 1001  # RFC 6455, 7.4.1

_READING = 1.0  # seconds in which a server has to read, or is not waited for
_PAUSE = 0.0005  # seconds between two looks whether the server has read
_UNSEEN = 0.005  # seconds given to it where that cannot be seen


class RawClient(EchoClient, asyncio.Protocol):
    """A TCP connection on which a check sends what it likes, and which knows what comes.

    Of the protocol it does by itself only what every client does: it answers pings, and a close.
    """

    _transport: asyncio.Transport
    _status = 0  # of the response; 0 until there is one
    _over = False  # nothing that comes is looked at any more, except the end
    _answer_alone = False  # nothing after the response is looked at
    _gone = True  # there is no connection, not yet or not any more
    _asked_to_close = False
    _held_back: bytearray | None = None  # its answers, while it sends something else
    _message: bytearray | None = None  # what has come of a message in fragments
    _type = Opcode.TEXT  # of that message

    async def connect(self) -> bool:
        address = urlsplit(self._line.url)
        self._buffer = bytearray()
        connecting = asyncio.ensure_future(self._open(address.hostname or "", address.port or 80))
        patience = self._line.patience()
        try:
            while not connecting.done():
                if not (left := patience.left()):
                    raise TimeoutError
                await asyncio.wait([connecting], timeout=left)
            connecting.result()
        except OSError as error:
            refused = isinstance(error, ConnectionRefusedError)
            why = "nobody listens any more" if refused else str(error) or type(error).__name__
            self._conversation.record(Kind.REFUSED, self.name, why)
            return False
        finally:
            connecting.cancel()
        self.connected = True
        self._conversation.record(Kind.CONNECTED, self.name, "tcp")
        return True

    async def _open(self, host: str, port: int) -> None:
        connected = await self._line.world.connect(host, port)
        await asyncio.get_running_loop().create_connection(lambda: self, sock=connected)

    async def send(self, *sendings: Sending, cuts: tuple[int, ...] = ()) -> None:
        """Send these in one packet, or in several, cut at these bytes.

        It goes on when the server has read a packet, as far as that can be seen. Nothing is sent
        any more once the connection is over.
        """
        data = b"".join(sending.data for sending in sendings)
        for one in sendings:
            alone = len(sendings) == 1
            event = f"{one.event}, in {len(cuts) + 1} packets" if cuts and alone else one.event
            self._conversation.record(Kind.SENT, self.name, event, one.args)
            self._asked_to_close |= one.event == "close"
        self._held_back = bytearray()
        for packet in frames.chunks(data, cuts):
            if self._transport.is_closing():
                return
            self._transport.write(packet)
            await self._is_read()
        held_back, self._held_back = self._held_back, None
        if held_back:
            self._transport.write(bytes(held_back))

    async def ask(self, request: Sending, cuts: tuple[int, ...] = ()) -> None:
        """Send a request of which the answer alone counts: what follows a 101 is not looked at.

        A server that knows no frames yet may end the connection there.
        """
        self._answer_alone = True
        await self.send(request, cuts=cuts)

    async def barrier(self, patience: Patience | None = None) -> bool:
        """As every client's, but before the upgrade: then nothing can be asked, only awaited."""
        if self._status:
            await super().barrier(patience)
        elif self._buffer:
            await self._conversation.until(
                lambda: bool(self._status or not self.connected or self._line.hopeless()),
                patience or self._line.patience(),
            )
        if self.connected and self._buffer:
            self._refuse(frames.unfinished(self._buffer, upgraded=bool(self._status)))
        return True

    async def cut(self) -> None:
        """End the TCP connection with nothing said, as a crashed browser does."""
        self._conversation.record(Kind.LEFT, self.name, "is cut off")
        self._go()

    async def leave(self) -> None:
        """End the TCP connection as a browser does whose tab is closed: with a close."""
        self._transport.write(frames.close(GOING_AWAY).data)
        self._conversation.record(Kind.LEFT, self.name, "leaves")
        self._end()
        self._gone = True
        self._transport.close()

    async def close(self) -> None:
        self._go()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # Of our own, to read what asyncio leaves in it when the connection breaks off.
        self._socket: socket.socket = transport.get_extra_info("socket").dup()
        self._gone = False
        self._ports = self._socket.getpeername()[1], self._socket.getsockname()[1]

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        self._buffer += data
        try:
            if not self._status:
                self._take_response()
            while self._status and not self._over and (frame := frames.take_frame(self._buffer)):
                self._take(frame)
        except MalformedError as error:
            self._refuse(error)

    def connection_lost(self, error: Exception | None) -> None:
        with self._socket:
            if not self._gone and error:
                with contextlib.suppress(OSError):
                    while data := self._socket.recv(2**16):
                        self.data_received(data)
        if self._gone:
            return
        self._gone = True
        how = "it breaks off" if error else "the server ends it"
        if self._over:
            self.connected = False
            self._hears(END)
        elif self._status:
            self._loses(f"{how} without a close frame")
        elif self._buffer:
            self._refuse(frames.unfinished(self._buffer, upgraded=False))
        else:
            self._loses(f"{how} without an answer")

    async def _send_text(self, text: str) -> None:
        self._transport.write(frames.text(text).data)

    async def _is_read(self) -> None:
        """Wait until the server has read what it was sent: what is sent next comes by itself."""
        for _ in range(int(_READING / _PAUSE)):
            unread = self._line.world.unread(*self._ports)
            if unread is None:
                await asyncio.sleep(_UNSEEN)
            if not unread or self._over:
                return
            await asyncio.sleep(_PAUSE)

    def _take_response(self) -> None:
        if response := frames.take_response(self._buffer):
            self._status = response.status
            if self._status != 101 or self._answer_alone:
                self._end()  # what follows is a body, or frames that nobody asked for
            self._hears("response", response.status, response.headers)

    def _take(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.CLOSE:
                self._take_close(frame.payload)
            case Opcode.PING:
                self._hears("ping", frames.readable(frame.payload))
                self._answer(frames.frame(Opcode.PONG, frame.payload))
            case Opcode.PONG:
                self._hears("pong", frames.readable(frame.payload))
            case _:
                self._take_fragment(frame)

    def _answer(self, data: bytes) -> None:
        """Send what a client sends by itself; never in the middle of what it is sending."""
        if self._held_back is None:
            self._transport.write(data)
        else:
            self._held_back += data

    def _take_fragment(self, frame: Frame) -> None:
        begun = self._message is not None
        if (frame.opcode is Opcode.CONTINUATION) != begun:
            why = "comes in the middle of a message" if begun else "continues nothing"
            raise MalformedError(f"a {frame.opcode.name.lower()} frame", f"{why} (RFC 6455, 5.4)")
        if self._message is None:
            self._message, self._type = bytearray(), frame.opcode
        self._message += frame.payload
        if not frame.final:
            return
        message, self._message = bytes(self._message), None
        if self._type is Opcode.BINARY:
            self._hears("binary", message)
            return
        text = frames.readable(message)
        if isinstance(text, bytes):
            what = f"a text of {len(text):,} bytes, {text[:40]!r}"
            raise MalformedError(what, "is not UTF-8 (RFC 6455, 5.6)")
        self._hears("text", text)

    def _take_close(self, payload: bytes) -> None:
        if len(payload) == 1:
            raise MalformedError("a close frame", "has one byte; a code has two (RFC 6455, 5.5.1)")
        self._end()
        if not self._asked_to_close:
            # A client answers, and leaves it to the server to end the connection (5.5.1, 7.1.1).
            self._answer(frames.frame(Opcode.CLOSE, payload[:2]))
        self._hears("close", *([int.from_bytes(payload[:2])] if payload else []))

    def _refuse(self, error: MalformedError) -> None:
        self._go()
        self._conversation.record(Kind.MALFORMED, self.name, error.what, (error.why, error.data))

    def _end(self) -> None:
        self.connected = False
        self._over = True
        self._buffer.clear()

    def _go(self) -> None:
        self._end()
        if not self._gone:
            self._gone = True
            end_with_a_reset(self._socket)
            self._transport.abort()
