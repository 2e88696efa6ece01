"""Plain HTTP requests, as a browser makes them: the path goes out just as it is written."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from yarl import URL

from grader.history.conversation import Conversation, Kind
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import Patience
from grader.history.values import text_of

BROWSER = "browser"  # its name in the history
LARGEST_BODY = 4 * 2**20  # bytes of a body that are read

_NEVER = aiohttp.ClientTimeout()  # the patience is our own, not the library's
_BEGINNING = 12  # characters of a body that are shown


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `entry` is where in the history it stands.

    `media` is its content type without parameters, in lower case, and `location` where it
    redirects to; each "" where the response does not say.
    """

    entry: int
    status: int
    media: str
    location: str
    body: bytes

    @property
    def beginning(self) -> str:
        """The first characters of the body, quoted."""
        text = self.body[: 4 * _BEGINNING].decode(errors="replace")
        return text_of(text[:_BEGINNING]) + (" …" if len(text) > _BEGINNING else "")

    def wrong(self, should: str, given: str = "") -> Finding:
        """The finding that it should be otherwise; `given` says what it came with."""
        came = f"{self.status} with {given}" if given else f"{self.status}"
        text = f"answered {came}; should be {should}"
        return Finding(Fault.ANSWERED, BROWSER, entry=self.entry, text=text)


class Fetcher:
    """Asks one server for paths, and records what it answers.

    `hopeless` says whether anything has happened after which no answer need be awaited.
    """

    def __init__(
        self,
        url: str,
        conversation: Conversation,
        patience: Callable[[], Patience],
        hopeless: Callable[[], bool],
    ) -> None:
        self._url = url
        self._conversation = conversation
        self._patience = patience
        self._hopeless = hopeless
        self._session: aiohttp.ClientSession | None = None

    async def get(self, path: str) -> Answer:
        """The answer to GET; a redirect is not followed. Raises CheckFailed where none comes."""
        self._session = self._session or aiohttp.ClientSession(timeout=_NEVER)
        asking = asyncio.ensure_future(self._ask(self._session, path))
        asking.add_done_callback(lambda _: self._conversation.changed())
        patience = self._patience()
        try:
            await self._conversation.until(lambda: asking.done() or self._hopeless(), patience)
        finally:
            asking.cancel()
        # What is cancelled here has nothing more to say; it ends before the session does.
        (result,) = await asyncio.gather(asking, return_exceptions=True)
        if isinstance(result, Answer):
            return result
        entry = self._record(path)
        why = "the connection breaks off"
        if isinstance(result, asyncio.CancelledError):
            why = "no answer" if self._hopeless() else f"no answer within {patience.seconds:g} s"
        elif not isinstance(result, (aiohttp.ClientError, OSError)):
            raise result
        raise CheckFailed([Finding(Fault.UNANSWERED, BROWSER, entry=entry, text=why)])

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session:
            await self._session.close()

    async def _ask(self, session: aiohttp.ClientSession, path: str) -> Answer:
        # An encoded URL is left alone: no `..` is resolved and nothing quoted anew.
        url = URL(self._url + path, encoded=True)
        async with session.get(url, allow_redirects=False) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > LARGEST_BODY:
                    break
            media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            location = response.headers.get("Location", "")
            entry = self._record(path, response.status)
            return Answer(entry, response.status, media, location, bytes(body))

    def _record(self, path: str, *status: int) -> int:
        self._conversation.record(Kind.HTTP, BROWSER, f"GET {path}", status)
        return len(self._conversation.entries) - 1
