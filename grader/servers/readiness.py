"""When a server is ready: once it listens where clients will find it."""

import asyncio
import contextlib
import functools
import os
import re
from collections.abc import Callable, Collection

from grader.history import patience
from grader.servers import ports
from grader.servers.output import Output
from grader.servers.ports import Listener
from grader.servers.process import Process
from grader.servers.settling import settled
from grader.servers.world import World

BUSY_FACTOR = 3  # a server that is still computing may take so many times the patience to listen
ELSEWHERE_AFTER = 1.0  # seconds that a server without Socket.IO may listen elsewhere before PORT

_POLL = 0.001  # seconds between two looks at the table of listening sockets, at first
_POLL_SLOWEST = 0.02
_ASK_AGAIN = 0.05  # seconds between two questions to a server that is not on PORT; doubled each
_ANSWER = 1.0  # seconds for the answer
_LARGEST = 2**16  # bytes of the answer
_OPENED = re.compile(rb"\AHTTP/1\.[01] 200 .*?\r\n\r\n.*\"sid\"\s*:\s*\"([^\"]+)\"", re.DOTALL)
_KEPT_OUT = re.compile(rb"\AHTTP/1\.[01] (401|403) ")  # as by allowRequest in Node


class NotReadyError(Exception):
    """The server did not come to listen. `code` is its exit code where it ended, `because` why we
    ended it, `found` where it listened instead, and `port` where it should have.
    """

    def __init__(
        self,
        output: Output,
        code: int | None,
        waited: float,
        found: Collection[Listener] = (),
        port: int = 0,
        because: str = "",
    ) -> None:
        super().__init__(f"exit code {code}" if code is not None else "it never listened")
        self.output = output
        self.because = because
        self.code = code
        self.waited = waited
        self.found = sorted(found)
        self.port = port

    @property
    def instead(self) -> str:
        """What the server did instead of listening, in the words of a report."""
        if self.code is not None:
            return f"{exit_text(self.code, self.because)} before it listened on any port"
        if self.output.flooded:
            return "printed without end, and did not listen on any port"
        waited = round(self.waited) or round(self.waited, 1)
        away = [one for one in self.found if not one.at_home]
        if away:
            return f"listened at {away[0]}, but not at 127.0.0.1 within {waited} s"
        if self.found:
            numbers = " and ".join(str(one.port) for one in self.found)
            return (
                f"listened on port {numbers}, where nobody answers at /socket.io/, and not on "
                f"port {self.port}, which PORT names, within {waited} s"
            )
        return f"did not listen on any port within {waited} s"


def exit_text(code: int, because: str = "") -> str:
    """How a process ended, in words; `because` is why we ended it, where we did."""
    if because:
        return f"was ended by the grader ({because})"
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"


async def ready(
    process: Process,
    world: World,
    port: int,
    seconds: float,
    known: int | None,
    *,
    socketio: bool,
    beside: Callable[[], float] = lambda: 0.0,
) -> int:
    """The port on which the process, or one that it has started, takes clients at 127.0.0.1.

    That is `port`, which it was given; or `known`, where servers of the submission were found to
    listen before; or another one: with `socketio` one where Socket.IO answers, without it the
    lowest, after a moment. `seconds` is the patience with a server that does nothing, and `beside`
    gives the seconds that it may have waited for others than itself. Raises NotReadyError.
    """
    began = asyncio.get_running_loop().time()
    starved = waits_of(process)

    def span(seconds: float) -> patience.Patience:
        return patience.Patience(seconds, lambda: starved() + beside())

    idle, longest = span(seconds), span(seconds * BUSY_FACTOR)
    computed = 0.0
    elsewhere: patience.Patience | None = None
    asked, ask_again = began, _ASK_AGAIN
    pause = _POLL
    while True:
        # Looking for child processes is slow, and few servers have any.
        found = world.listeners(process.pid, children=pause > _POLL * 5)
        here = {one.port for one in found if one.at_home}
        for one in (port, known):
            if one in here:
                await settled(process, functools.partial(_answers, world, one, None), longest)
                return one
        waited = asyncio.get_running_loop().time() - began
        if process.code is not None or process.output.flooded:
            raise NotReadyError(process.output, process.code, waited, because=process.because)
        if here and not socketio:
            elsewhere = elsewhere or span(min(ELSEWHERE_AFTER, seconds))
            if not (elsewhere.left() and idle.left()):
                return min(here)
        elif here and asyncio.get_running_loop().time() >= asked:
            answers = await asyncio.gather(*(_answers(world, one) for one in sorted(here)))
            for one, opened in zip(sorted(here), answers, strict=True):
                if opened:
                    return one
            asked = asyncio.get_running_loop().time() + ask_again
            ask_again *= 2
        if not idle.left():
            so_far = patience.computed(*ports.family(process.pid))
            if not longest.left() or so_far - computed < seconds / 4:
                raise NotReadyError(process.output, None, waited, found, port)
            computed = so_far
            idle = span(seconds)
        await asyncio.wait([process.ended], timeout=pause)
        pause = min(pause * 1.2, _POLL_SLOWEST)


async def _answers(world: World, port: int, seconds: float | None = _ANSWER) -> bool:
    """Whether Socket.IO answers on the port: it lets nobody in whom it does not know, or it opens a
    session, which is closed again at once.

    `seconds` is the longest to wait; None: without end. The source is the Engine.IO protocol,
    revision 4, "Handshake" and "Packet encoding".
    """
    path = "/socket.io/?EIO=4&transport=polling"
    answer = await _request(world, port, f"GET {path}", seconds)
    opened = _OPENED.match(answer)
    if opened is None:
        return bool(_KEPT_OUT.match(answer))
    sid = opened[1].decode(errors="replace")
    await _request(world, port, f"POST {path}&sid={sid}", _ANSWER, b"1")
    return True


async def _request(
    world: World, port: int, request: str, seconds: float | None, body: bytes = b""
) -> bytes:
    """What is answered to a request of HTTP; b"" where nothing is."""
    head = (
        f"{request} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(seconds):
            connected = await world.connect("127.0.0.1", port)
            reader, writer = await asyncio.open_connection(sock=connected)
            try:
                writer.write(head.encode() + body)
                answer = b""
                while len(answer) < _LARGEST and (data := await reader.read(_LARGEST)):
                    answer += data
                    if _OPENED.match(answer):
                        break
                return answer
            finally:
                writer.transport.abort()
    return b""


def waits_of(process: Process | None) -> Callable[[], float]:
    """What tells the seconds that a server has waited for a core, and the grader from now on.

    The grader's count too: what the server waits for may come through a proxy of its own.
    """
    ours = patience.Waits(lambda: (os.getpid(),))
    if process is None:
        return ours
    pid = process.pid
    its = patience.Waits(lambda: ports.family(pid), ever=True)
    return lambda: ours() + its()
