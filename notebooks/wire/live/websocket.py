"""A client of our own making, in which nothing happens that a notebook has not shown."""

import contextlib
from asyncio import StreamReader, StreamWriter, open_connection
from collections import deque

from wire.frame_parser import FrameParser
from wire.frames import Close, CloseCode, Frame, Message, Opcode, fresh_key
from wire.handshake import Request, Response
from wire.http_head import HeadParser
from wire.live.address import CHUNK, Address


class WebSocket:
    """The client's end of a WebSocket: `handshake` and `frames` on a TCP connection, no more.

    target: the path and the query that are asked for.
    Entering the block raises ResponseError where the server answers with anything but a WebSocket.
    Leaving it closes.
    """

    _reader: StreamReader
    _writer: StreamWriter

    def __init__(self, server: Address, target: str = "/") -> None:
        self._server = server
        self._request = Request(f"{server.host}:{server.port}", target)
        self._parser = FrameParser(masked=False)
        self._messages: deque[str | bytes] = deque()
        self._closed: Close | None = None  # by the server, and how

    async def __aenter__(self) -> "WebSocket":
        self._reader, self._writer = await open_connection(self._server.host, self._server.port)
        try:
            self._writer.write(self._request.head().serialise())
            head = HeadParser()
            while (answer := head.feed(await self._some())) is None:
                pass
            Response.parse(answer, self._request)
        except BaseException:
            self._writer.close()
            raise
        self._take(head.rest)
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._closed:
            self._write(Close(CloseCode.NORMAL).frame())
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def send(self, data: str | bytes) -> None:
        """Send a message, str as text, bytes as binary."""
        for frame in Message(data).frames():
            self._write(frame)
        await self._writer.drain()

    async def receive(self) -> str | bytes:
        """The next message. Raises EOFError, which says how, where the connection ends before."""
        while not self._messages:
            if self._closed:
                raise EOFError(f"the server closed the connection: {self._closed.code}")
            self._take(await self._some())
        return self._messages.popleft()

    async def _some(self) -> bytes:
        data = await self._reader.read(CHUNK)
        if not data:
            raise EOFError("the server ended the connection without a word")
        return data

    def _take(self, data: bytes) -> None:
        for event in self._parser.feed(data):
            match event:
                case Message(data=message):
                    self._messages.append(message)
                case Frame(opcode=Opcode.PING):
                    # RFC 6455, 5.5.2: a ping is answered with a pong that carries the same.
                    self._write(Frame(Opcode.PONG, event.payload))
                case Frame(opcode=Opcode.CLOSE):
                    # RFC 6455, 5.5.1: and a close with a close.
                    self._closed = Close.parse(event.payload)
                    self._write(event)

    def _write(self, frame: Frame) -> None:
        self._writer.write(frame.serialise(fresh_key()))
