"""What is overheard of a page: its talk with the server, the requests that fail, its console.

Engine.IO protocol 4 ("Packet encoding", "HTTP long-polling"), Socket.IO protocol 5. Binary
attachments are passed over: no page of the course sends or gets one.
"""

import asyncio
import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from socketio.packet import CONNECT, EVENT, Packet

from grader.clients.packets import UNDECODABLE, arguments, recovers, sid_of
from grader.history.conversation import Conversation, Kind
from grader.history.patience import Patience
from grader.history.values import text_of

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Dialog, Page, Request, Response, WebSocket

_ENGINE = "EIO="  # in the query of every request of Engine.IO
_MESSAGE = "4"  # Engine.IO's packet type of all that Socket.IO says
_SEPARATOR = "\x1e"  # between the packets of one polling body
_REPEATED = "Failed to load resource"  # Chromium says so of each request that fails
_ABORTED = "net::ERR_ABORTED"  # by the page itself, as it goes
_PLACE = re.compile(r"\bhttps?://[^/\s]+/([^\s?]+)\S*?:(\d+):\d+")  # in the stack of an error


class Overheard:
    """One page's part in the history, the scripts that it has loaded, and its connections."""

    def __init__(self, name: str, url: str, conversation: Conversation) -> None:
        """`url` is the server's: requests to another one fail, and are recorded as such."""
        self.sids: list[str] = []  # of all connections that the page has made
        self.scripts: list[str] = []  # the paths of all scripts that it has loaded
        self.user_loads = False  # whether it is the user who loads the page just now
        self._name = name
        self._server = urlsplit(url).netloc
        self._conversation = conversation
        self._incoming: asyncio.Queue[Response | str | bytes] = asyncio.Queue()
        self._recovers = False  # whether the server can recover its connection
        self.alerts: list[str] = []  # what the page's scripts have said by alert()
        self._unread = 0  # of what has come in, how much is not in the history yet
        self._reading: asyncio.Task[None] | None = None

    def listen(self, page: "Page") -> None:
        """Begin to listen, before the page is loaded."""
        page.on("request", self._asks)
        page.on("response", self._is_answered)
        page.on("requestfailed", self._fails)
        page.on("websocket", self._opens_socket)
        page.on("domcontentloaded", lambda page: self._loads(page.url))
        page.on("console", self._logs)
        page.on("dialog", self._says_yes)
        page.on("crash", lambda _: self._goes_wrong("the page has crashed"))
        self._reading = self._conversation.own(asyncio.create_task(self._read()))

    async def inspect(self, page: "Page") -> None:
        """Hear of what nothing in the page catches, before it is loaded.

        Playwright's own event has no place for a script that cannot be read.
        """
        inspecting = await page.context.new_cdp_session(page)
        inspecting.on("Runtime.exceptionThrown", self._throws)
        await inspecting.send("Runtime.enable")

    async def catch_up(self, patience: Patience) -> None:
        """Wait until the history has all that has come in: what a page shows, it has heard."""
        await self._conversation.until(lambda: not self._unread, patience)

    async def answered(self, events: Sequence[str], since: int, patience: Patience) -> None:
        """Wait until those of the events that the page has sent by now have come to it too.

        `since` is the entry of the history from which on both count.
        """
        entries, heard = self._conversation.entries[since:], self._conversation.heard
        sent = {e.event for e in entries if (e.kind, e.client) == (Kind.SENT, self._name)}
        asked = sent.intersection(events)
        await self._conversation.until(
            lambda: all(heard(self._name, event, since) for event in asked), patience
        )

    def end(self) -> None:
        """Listen no longer to what comes."""
        if self._reading:
            self._reading.cancel()

    def _asks(self, request: "Request") -> None:
        if _ENGINE in request.url and request.post_data:
            self._sent(request.post_data)

    def _is_answered(self, response: "Response") -> None:
        path = urlsplit(response.url).path
        if _ENGINE in response.url:
            self._comes(response)
        elif response.status >= 400:
            request = f"{response.request.method} {path}"
            self._conversation.record(Kind.HTTP, self._name, request, (response.status,))
        elif response.request.resource_type == "script":
            self.scripts.append(path)

    def _comes(self, what: "Response | str | bytes") -> None:
        self._unread += 1
        self._incoming.put_nowait(what)

    async def _read(self) -> None:
        """Take in polling responses and frames in the order in which they came.

        A body is there a moment after its response; by then the page may have upgraded already.
        """
        from playwright.async_api import Error

        while True:
            came = await self._incoming.get()
            with contextlib.suppress(Error):  # the page that asked for it is gone
                self._received(came if isinstance(came, (str, bytes)) else await came.text())
            self._unread -= 1
            self._conversation.changed()

    def _fails(self, request: "Request") -> None:
        if urlsplit(request.url).netloc != self._server:
            self._is_blocked(request.url)
        elif _ENGINE not in request.url and request.failure != _ABORTED:
            self._goes_wrong(f"{urlsplit(request.url).path} is not loaded: {request.failure}")

    def _opens_socket(self, socket: "WebSocket") -> None:
        if urlsplit(socket.url).netloc != self._server:
            self._is_blocked(socket.url)
            return
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._comes)

    def _is_blocked(self, url: str) -> None:
        self._conversation.record(Kind.BLOCKED, self._name, url.partition("?")[0])

    def _loads(self, url: str) -> None:
        if not self.user_loads:
            self._conversation.record(Kind.LOADED, self._name, url)

    def _logs(self, message: "ConsoleMessage") -> None:
        if message.type == "error" and not message.text.startswith(_REPEATED):
            # What the browser says by itself has no arguments.
            self._goes_wrong(message.text, Kind.LOGGED if message.args else Kind.CONSOLE)

    async def _says_yes(self, dialog: "Dialog") -> None:
        """What a script asks by confirm() its user agrees to: it is asked of what the user does."""
        self._conversation.record(
            Kind.ACTED, self._name, "answers", (f'"OK" to {text_of(dialog.message)}',)
        )
        if dialog.type == "alert":
            self.alerts.append(dialog.message)
        with contextlib.suppress(Exception):  # the page has gone
            await dialog.accept()

    def _throws(self, thrown: Any) -> None:
        """What nothing has caught: `Runtime.exceptionThrown` of the Chrome DevTools Protocol."""
        details = thrown["exceptionDetails"]
        what = details.get("exception", {})
        text = str(what.get("description") or what.get("value") or details["text"])
        if not _PLACE.search(text):
            text += f"\n{details.get('url')}:{details['lineNumber'] + 1}:1"
        self._goes_wrong(text)

    def _goes_wrong(self, text: str, kind: Kind = Kind.CONSOLE) -> None:
        """An error in the console; of an uncaught one, its stack."""
        line = text.strip().partition("\n")[0]
        if place := _PLACE.search(text):
            line += f" ({place[1]}:{place[2]})"
        self._conversation.record(kind, self._name, line)

    def _sent(self, body: str | bytes) -> None:
        """A frame, or the body of a polling request."""
        for packet in _packets(body):
            if packet.packet_type == EVENT:
                self._record(Kind.SENT, packet)

    def _received(self, body: str | bytes) -> None:
        """A frame, or the body of a polling response."""
        for packet in _packets(body):
            if packet.packet_type == EVENT:
                self._record(Kind.HEARD, packet)
            elif packet.packet_type == CONNECT and (sid := sid_of(packet)):
                self._recovers = recovers(packet)
                self.sids.append(sid)
                self._conversation.sids[sid] = self._name
                self._conversation.record(Kind.CONNECTED, self._name)

    def _record(self, kind: Kind, packet: Packet) -> None:
        if isinstance(packet.data, list) and packet.data:
            args = arguments(packet, recovers=self._recovers and kind is Kind.HEARD)
            self._conversation.record(kind, self._name, str(packet.data[0]), args)


def _packets(body: str | bytes) -> Iterator[Packet]:
    """The Socket.IO packets of a frame or body; everything else in it is skipped."""
    for piece in body.split(_SEPARATOR) if isinstance(body, str) else ():
        if piece.startswith(_MESSAGE):
            with contextlib.suppress(*UNDECODABLE):
                yield Packet(encoded_packet=piece[1:])
