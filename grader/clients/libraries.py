"""Clients of step 1 that are others' work: those of aiohttp and of websockets, as they come."""

import asyncio
import contextlib
from abc import abstractmethod
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from grader.clients.echo import EchoClient
from grader.history.conversation import Kind

_NEVER = 3600.0  # seconds: the patience is our own, not the library's
_CLOSING = 1.0  # seconds that a library has to close a connection in the end


class LibraryClient(EchoClient):
    """One client, with the defaults of its library."""

    library: str

    _listening: asyncio.Task[None]  # once it is connected

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._tasks: list[asyncio.Future[None]] = []

    async def connect(self) -> bool:
        opening = asyncio.ensure_future(self._open())
        opening.add_done_callback(lambda _: self._conversation.changed())
        self._tasks.append(opening)  # ended with the client, where the check ends before it
        patience = self._line.patience()
        late = not await self._conversation.until(
            lambda: opening.done() or self._line.hopeless(), patience
        )
        why = ""
        if not opening.done():
            opening.cancel()
            why = f"no answer within {patience.seconds:g} s" if late else "no answer"
        elif error := opening.exception():
            why = str(error) or type(error).__name__
        if why:
            self._conversation.record(Kind.REFUSED, self.name, f"{self.library}: {why}")
            return False
        self.connected = True
        self._conversation.record(Kind.CONNECTED, self.name, self.library)
        self._listening = self._conversation.own(asyncio.create_task(self._listen()))
        self._tasks.append(self._listening)
        return True

    async def say(self, text: str) -> None:
        """Send a text, unless the connection is lost already."""
        if self.connected:
            self._conversation.record(Kind.SENT, self.name, "text", (text,))
            await self._send_text(text)

    async def leave(self) -> None:
        """Begin to close, with code 1000; the server's answer is heard when it comes."""
        self._conversation.record(Kind.SENT, self.name, "close", (1000,))
        self.connected = False
        self._tasks.append(self._conversation.own(asyncio.create_task(self._await_close())))

    async def close(self) -> None:
        self.connected = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING):
                await self._let_go()

    async def _listen(self) -> None:
        async for message in self._messages():
            self._hears("text" if isinstance(message, str) else "binary", message)
        if self.connected:
            self._loses(f"the library has closed it, with code {self._code()}")

    async def _await_close(self) -> None:
        await self._close()
        # Where a ping comes just then, it is this task in which aiohttp closes, and has the answer.
        await asyncio.wait([self._listening])
        self._hears("close", self._code())

    @abstractmethod
    async def _open(self) -> None:
        """Connect, with an error of the library's where that fails."""

    @abstractmethod
    def _messages(self) -> AsyncIterator[str | bytes]:
        """What comes, until the connection is closed."""

    @abstractmethod
    def _code(self) -> int | None:
        """The code with which the connection was closed, as the library has it."""

    @abstractmethod
    async def _close(self) -> None:
        """Send a close and await the answer."""

    @abstractmethod
    async def _let_go(self) -> None:
        """Free what the library holds."""


class AiohttpClient(LibraryClient):
    """A client of aiohttp."""

    library = "aiohttp"

    _session: aiohttp.ClientSession | None = None  # until it begins to connect
    _socket: aiohttp.ClientWebSocketResponse

    async def _open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=self._line.world.for_aiohttp)
        )
        never = aiohttp.ClientWSTimeout(ws_close=_NEVER)
        self._socket = await self._session.ws_connect(self._line.url, timeout=never)

    async def _send_text(self, text: str) -> None:
        with contextlib.suppress(ConnectionError):  # it may be lost just now
            await self._socket.send_str(text)

    async def _messages(self) -> AsyncIterator[str | bytes]:
        async for message in self._socket:
            if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                yield message.data

    def _code(self) -> int | None:
        return self._socket.close_code

    async def _close(self) -> None:
        await self._socket.close()

    async def _let_go(self) -> None:
        if self._session:
            await self._session.close()


class WebsocketsClient(LibraryClient):
    """A client of websockets."""

    library = "websockets"

    _socket: ClientConnection | None = None

    async def _open(self) -> None:
        address = self._line.url.replace("http", "ws", 1)
        parts = urlsplit(self._line.url)
        connected = await self._line.world.connect(parts.hostname or "", parts.port or 80)
        self._socket = await connect(
            address, open_timeout=None, close_timeout=_NEVER, proxy=None, sock=connected
        )

    async def _send_text(self, text: str) -> None:
        assert self._socket
        with contextlib.suppress(ConnectionClosed):  # it may be lost just now
            await self._socket.send(text)

    async def _messages(self) -> AsyncIterator[str | bytes]:
        assert self._socket
        with contextlib.suppress(ConnectionClosed):
            async for message in self._socket:
                yield message

    def _code(self) -> int | None:
        return self._socket.close_code if self._socket else None

    async def _close(self) -> None:
        assert self._socket
        await self._socket.close()

    async def _let_go(self) -> None:
        if self._socket:
            self._socket.transport.abort()
