"""A scripted client: all that it does and hears is recorded.

A client is one tab of a user's browser: its socket, its requests and those of the browser's other
tabs have their cookies in common.
"""

import socket
from collections.abc import Mapping
from typing import Any

from grader.clients.connection import Connection, Transport
from grader.clients.cookies import Cookies
from grader.clients.http import NOTHING, Answer, Requests, session_of
from grader.clients.line import Line, end_with_a_reset
from grader.history.conversation import Kind
from grader.history.patience import Patience
from grader.history.values import text_of


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
        self._line = line
        self._conversation = line.conversation
        self._sockets: list[socket.socket] = []
        self._session = session_of(line.world, self._sockets, self.cookies, self._record_response)
        self._requests = Requests(name, line, self._session, self.cookies)
        self._connections: list[Connection] = []  # the last is the present one

    @property
    def connected(self) -> bool:
        """Whether it is connected now."""
        return bool(self._connections) and self._connections[-1].is_open

    @property
    def sid(self) -> str:
        """The id of its socket, or of the last one that it had; "" before the first."""
        return next((one.sid for one in reversed(self._connections) if one.sid), "")

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
        self._abandon()
        if claimed := auth or claims or {}:
            self._conversation.record(Kind.ACTED, self.name, "claims", (text_of(claimed),))
        connection = Connection(self.name, self._line, self._session)
        self._connections.append(connection)
        return await connection.open(transport, claims or {}, auth)

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
        if self.connected:
            await self._connections[-1].send(event, *args, ack=ack)

    async def barrier(self, patience: Patience | None = None) -> bool:
        """Wait until all that the server has queued for this client has come.

        False when it has not before patience ends, or when the client is not connected.
        """
        return self.connected and await self._connections[-1].barrier(patience)

    async def leave(self) -> None:
        """Disconnect cleanly, as `socket.disconnect()` does."""
        await self._leaving("disconnects").disconnect()

    async def close_tab(self) -> None:
        """Close the WebSocket with its closing handshake alone, as a closed tab does."""
        await self._leaving("closes the tab").close_websocket()

    async def cut(self) -> None:
        """End the TCP connection with nothing said, as a crashed browser does."""
        self._leaving("is cut off")
        self._end_sockets()

    async def close(self) -> None:
        """Let go of everything; the server need not answer any more."""
        self._abandon()
        for connection in self._connections:
            await connection.close()
        await self._session.close()

    def _abandon(self) -> None:
        """Let the connection be, if there is one."""
        if self._connections:
            self._connections[-1].abandon()
            self._end_sockets()

    def _leaving(self, how: str) -> Connection:
        """The connection, which is the client's no longer."""
        connection = self._connections[-1]
        connection.abandon()
        self._conversation.record(Kind.LEFT, self.name, how)
        return connection

    def _end_sockets(self) -> None:
        for one in self._sockets:
            if one.fileno() != -1:
                end_with_a_reset(one)
                try:  # so the end goes out now, not when asyncio lets go of it
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster

    def _record_response(self, request: str, status: int) -> None:
        self._conversation.record(Kind.HTTP, self.name, request, (status,))
