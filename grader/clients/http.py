"""HTTP requests, as a browser makes them: the path goes out just as it is written.

`Fetcher` asks for single paths, on behalf of nobody. `Requests` are those of one client: with its
cookies, recorded as what it does and what the server answers, and judged by a turn.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import dumps, loads
from typing import Any
from urllib.parse import urlencode

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

from grader.clients.cookies import Cookies, SetCookie, set_by
from grader.clients.line import Line
from grader.history.conversation import Kind
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.values import text_of
from grader.servers.world import World

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BROWSER = "browser"  # its name in the history
BREAKS_OFF = "the connection breaks off"  # why there is no answer
LARGEST_BODY = 4 * 2**20  # bytes of a body that are read

NOTHING: Any = object()

_NEVER = aiohttp.ClientTimeout()  # the patience is our own, not the library's
_OWN = object()  # marks the requests of a client among those that its socket makes
_BEGINNING = 12  # characters of a body that are shown


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `entry` is where in the history it stands, `client` whose it is."""

    entry: int
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    client: str = BROWSER

    @property
    def media(self) -> str:
        """Its content type without parameters, in lower case; "" where it does not say."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def location(self) -> str:
        """Where it redirects to; "" where it does not say."""
        return self.headers.get("Location", "")

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def json(self) -> Any:
        """The body as a JSON value. Raises ValueError where it is none."""
        return loads(self.body)

    @property
    def cookies(self) -> list[SetCookie]:
        """The cookies that it sets or deletes."""
        return set_by(self.headers.getall("Set-Cookie", ()))

    @property
    def beginning(self) -> str:
        """The first characters of the body, quoted."""
        text = self.body[: 4 * _BEGINNING].decode(errors="replace")
        return text_of(text[:_BEGINNING]) + (" …" if len(text) > _BEGINNING else "")

    def wrong(self, should: str, given: str = "") -> Finding:
        """The finding that it should be otherwise; `given` says what it came with."""
        came = f"{self.status} with {given}" if given else f"{self.status}"
        text = f"answered {came}; should be {should}"
        return Finding(Fault.ANSWERED, self.client, entry=self.entry, text=text)


class Fetcher:
    """Asks one server in a world for paths, and records what it answers."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._session: aiohttp.ClientSession | None = None

    async def get(self, path: str) -> Answer:
        """The answer to GET; a redirect is not followed. Raises CheckFailed where none comes."""
        self._session = self._session or aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=self._line.world.for_aiohttp),
            timeout=_NEVER,
        )
        answer = await _answer_of(self._line, asyncio.ensure_future(self._ask(self._session, path)))
        if isinstance(answer, Answer):
            return answer
        entry = self._record(path)
        raise CheckFailed([Finding(Fault.UNANSWERED, BROWSER, entry=entry, text=answer)])

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session:
            await self._session.close()

    async def _ask(self, session: aiohttp.ClientSession, path: str) -> Answer:
        url = _address(self._line, path)
        async with session.get(url, allow_redirects=False) as response:
            body = await _body(response)
            entry = self._record(path, response.status)
            return Answer(entry, response.status, response.headers, body)

    def _record(self, path: str, *status: int) -> int:
        self._line.conversation.record(Kind.HTTP, BROWSER, f"GET {path}", status)
        return len(self._line.conversation.entries) - 1


class Requests:
    """The requests of one client, with the cookies of its browser."""

    def __init__(
        self, name: str, line: Line, session: aiohttp.ClientSession, cookies: Cookies
    ) -> None:
        self._name = name
        self._line = line
        self._session = session
        self._cookies = cookies

    async def get(self, path: str) -> Answer:
        """The answer to GET; a redirect is not followed. Raises CheckFailed where none comes."""
        return await self._send("GET", path)

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

        A redirect is not followed. Raises CheckFailed where none comes.
        """
        if form is not None:
            body, media = urlencode(form), media or FORM
            return await self._send("POST", path, (body,), body, media)
        if json is not NOTHING:
            return await self._send("POST", path, (json,), dumps(json), media or JSON)
        return await self._send("POST", path, (body,) if body else (), body, media)

    async def _send(
        self, method: str, path: str, told: tuple[Any, ...] = (), body: str = "", media: str = ""
    ) -> Answer:
        """`told` is how the history tells the body."""
        conversation, request = self._line.conversation, f"{method} {path}"
        since = len(conversation.entries)
        conversation.record(Kind.REQUESTED, self._name, request, told)
        asking = asyncio.ensure_future(self._ask(method, path, body.encode(), media))
        answer = await _answer_of(self._line, asking)
        if isinstance(answer, Answer):
            return answer
        raise CheckFailed([Finding(Fault.UNANSWERED, self._name, request, text=answer)], since)

    async def _ask(self, method: str, path: str, body: bytes, media: str) -> Answer:
        async with self._session.request(
            method,
            _address(self._line, path),
            data=body,
            headers={"Content-Type": media} if media else None,
            skip_auto_headers=("Content-Type",),  # a browser sends none where there is no body
            allow_redirects=False,
            timeout=_NEVER,
            trace_request_ctx=_OWN,
        ) as response:
            content = await _body(response)
        conversation = self._line.conversation
        entry = len(conversation.entries)
        answer = Answer(entry, response.status, response.headers, content, self._name)
        conversation.cookies.update(self._cookies.values().values())
        conversation.cookies.update(cookie.value for cookie in answer.cookies)
        told = (answer.status, _told_headers(answer), _told_body(answer))
        conversation.record(Kind.ANSWERED, self._name, f"{method} {path}", told)
        return answer


def session_of(
    world: World,
    sockets: list[socket.socket],
    cookies: Cookies,
    responded: Callable[[str, int], None],
) -> aiohttp.ClientSession:
    """An HTTP session of one client's own, whose sockets it knows, and its socket's responses."""

    def create(info: Any) -> socket.socket:
        sockets.append(world.for_aiohttp(info))
        return sockets[-1]

    async def ended(_session: Any, context: Any, params: aiohttp.TraceRequestEndParams) -> None:
        if context.trace_request_ctx is not _OWN and params.response.status >= 300:
            responded(f"{params.method} {params.url.path}", params.response.status)

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=create),
        cookie_jar=cookies.jar,
        trace_configs=[trace],
    )


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY:
            break
    return bytes(body)


def _told_headers(answer: Answer) -> dict[str, str | list[str]]:
    """The headers as the history tells them: a list where one comes several times."""
    told: dict[str, str | list[str]] = {}
    for name in answer.headers:
        values = answer.headers.getall(name)
        told.setdefault(name, values[0] if len(values) == 1 else values)
    return told


def _told_body(answer: Answer) -> Any:
    """The body as the history tells it: a JSON value where it says that it is one."""
    if answer.media == JSON:
        with contextlib.suppress(ValueError, RecursionError):
            return answer.json
    return answer.text


async def _answer_of(line: Line, asking: "asyncio.Future[Answer]") -> Answer | str:
    """What the server answers, or why it does not."""
    asking.add_done_callback(lambda _: line.conversation.changed())
    patience = line.patience()
    try:
        await line.conversation.until(lambda: asking.done() or line.hopeless(), patience)
    finally:
        asking.cancel()
    # What is cancelled here has nothing more to say; it ends before the session does.
    (result,) = await asyncio.gather(asking, return_exceptions=True)
    if isinstance(result, Answer):
        return result
    if isinstance(result, asyncio.CancelledError):
        return "no answer" if line.hopeless() else f"no answer within {patience.seconds:g} s"
    if isinstance(result, (aiohttp.ClientError, OSError)):
        return BREAKS_OFF
    raise result


def _address(line: Line, path: str) -> URL:
    """An encoded URL is left alone: no `..` is resolved and nothing quoted again."""
    return URL(line.url + path, encoded=True)
