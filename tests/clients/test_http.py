"""Plain requests: the path goes out as it is written, and what comes back is recorded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from grader.clients.http import LARGEST_BODY, Fetcher
from grader.clients.line import Line
from grader.history.conversation import Conversation, Kind
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import Patience

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def asking(
    answer: Answering, seconds: float = 20.0, hopeless: bool = False
) -> AsyncIterator[tuple[Fetcher, Conversation]]:
    """A fetcher of a server whose every connection is handled by `answer`."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    conversation = Conversation()
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    fetcher = Fetcher(Line(url, conversation, lambda: Patience(seconds), lambda: hopeless))
    async with server:
        yield fetcher, conversation
        await fetcher.close()


def saying(head: str, body: bytes = b"") -> Answering:
    """Answer one request with this, and close."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        length = f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(f"HTTP/1.1 {head}\r\n{length}".encode() + body)
        writer.close()

    return answer


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with the request's first line."""
    line = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0]
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(line), line))
    writer.close()


@pytest.mark.parametrize(
    "path",
    ["/", "/a/../b", "//etc/passwd", "/%2e%2E/x", "/..%5c..\\x", "/%c0%ae", "/%00", "/%252f"],
)
async def test_a_path_reaches_the_server_unchanged(path: str) -> None:
    async with asking(echo) as (fetcher, conversation):
        answer = await fetcher.get(path)
    assert answer.body == f"GET {path} HTTP/1.1".encode()
    entry = conversation.entries[answer.entry]
    assert (entry.kind, entry.client, entry.event) == (Kind.HTTP, "browser", f"GET {path}")
    assert entry.args == (200,)


async def test_an_answer_is_told_with_its_type_and_where_it_leads() -> None:
    head = "302 Found\r\nContent-Type: Text/HTML; charset=utf-8\r\nLocation: /there"
    async with asking(saying(head, b"elsewhere")) as (fetcher, _):
        answer = await fetcher.get("/")
    assert (answer.status, answer.media, answer.location) == (302, "text/html", "/there")
    assert answer.body == b"elsewhere"


async def test_what_an_answer_does_not_say_is_empty() -> None:
    async with asking(saying("404 Not Found")) as (fetcher, _):
        answer = await fetcher.get("/")
    assert (answer.media, answer.location, answer.body) == ("", "", b"")


async def test_a_body_without_end_is_not_read_to_its_end() -> None:
    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 2**16)
                await writer.drain()
        except ConnectionError:
            pass

    async with asking(pour) as (fetcher, _):
        answer = await fetcher.get("/")
    assert LARGEST_BODY < len(answer.body) < 2 * LARGEST_BODY


async def finding(answer: Answering, seconds: float = 20.0, hopeless: bool = False) -> Finding:
    """What is found where no answer comes."""
    async with asking(answer, seconds, hopeless) as (fetcher, conversation):
        with pytest.raises(CheckFailed) as failed:
            await fetcher.get("/x")
    (found,) = failed.value.findings
    assert found.fault is Fault.UNANSWERED
    assert found.entry is not None
    assert conversation.entries[found.entry].args == ()
    return found


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer nothing, until the client goes."""
    await reader.read()
    writer.close()


async def test_no_answer_is_awaited_for_as_long_as_patience_lasts() -> None:
    assert (await finding(silence, seconds=0.1)).text == "no answer within 0.1 s"


async def test_no_answer_is_awaited_where_nothing_can_come_any_more() -> None:
    assert (await finding(silence, hopeless=True)).text == "no answer"


async def test_a_connection_that_ends_without_an_answer() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    assert (await finding(hang_up)).text == "the connection breaks off"


async def test_a_wrong_answer_says_what_it_is_and_what_it_should_be() -> None:
    async with asking(saying("200 OK", b"import os\nimport sys\n")) as (fetcher, _):
        answer = await fetcher.get("/app.py")
    found = answer.wrong("403 or 404", answer.beginning)
    assert (found.fault, found.client, found.entry) == (Fault.ANSWERED, "browser", answer.entry)
    assert found.text == 'answered 200 with "import os\\nim" …; should be 403 or 404'
    assert answer.wrong("404").text == "answered 200; should be 404"
