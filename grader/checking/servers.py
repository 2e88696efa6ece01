"""The servers of one check: the first one, and those that the check starts beside it."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import MappingProxyType, TracebackType

from grader.history.findings import CheckFailed, Fault, Finding
from grader.servers.process import LaunchError
from grader.servers.readiness import exit_text
from grader.servers.server import Server

ENDING = 0.1  # seconds that a process may take to end after its connections have

Serving = Callable[[Mapping[str, str]], AbstractAsyncContextManager[Server]]


class Servers:
    """All servers of a check, in the order of their start; an asynchronous context.

    `serving` starts one, with these variables beside those that all of them have.
    """

    def __init__(self, serving: Serving) -> None:
        self.all: list[Server] = []
        self._serving = serving
        self._running = AsyncExitStack()
        self._killed: set[str] = set()

    async def start(self, special: Mapping[str, str] = MappingProxyType({})) -> Server:
        """Another one. Raises NotReadyError, and LaunchError where it cannot be tried."""
        try:
            server = await self._running.enter_async_context(self._serving(special))
        except OSError as error:
            raise LaunchError(str(error)) from error
        self.all.append(server)
        if len(self.all) > 1:
            server.name = f"server {len(self.all)}"
        return server

    async def kill(self, server: Server) -> None:
        """SIGKILL to its process group, and the end of it."""
        assert server.process, "a server behind a URL cannot be killed"
        self._killed.add(server.name)
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(server.process.pid, signal.SIGKILL)
        await asyncio.shield(server.process.ended)

    def starved(self) -> float:
        """Seconds that somebody waited for a core."""
        return sum(server.starved() for server in self.all)

    def stopped(self) -> Finding | None:
        """What has ended a server, or is about to, if anything has."""
        for server in self._left():
            name = server.name if server is not self.all[0] else ""
            if server.output and server.output.flooded:
                text = f"without end: {server.output.total_bytes:,} bytes so far"
                return Finding(Fault.FLOODED, name, text=text)
            if server.exit_code is not None:
                because = server.process.because if server.process else ""
                return Finding(Fault.ENDED, name, text=exit_text(server.exit_code, because))
        return None

    async def with_cause(self, failure: CheckFailed) -> CheckFailed:
        """The failure; where connections were lost because a process ended, that is the fact.

        The end of a connection may be seen before the end of the process.
        """
        faults = {finding.fault for finding in failure.findings}
        unsure = faults & {Fault.LOST, Fault.REFUSED, Fault.UNANSWERED}
        ends = [server.process.ended for server in self._left() if server.process]
        if not ends or Fault.ENDED in faults or not unsure:
            return failure
        await asyncio.wait(ends, timeout=ENDING, return_when=asyncio.FIRST_COMPLETED)
        ended = self.stopped()
        if ended is None or ended.fault is not Fault.ENDED:
            return failure
        others = [finding for finding in failure.findings if finding.fault is not Fault.LOST]
        return CheckFailed([*others, ended], failure.since)

    def to_blame(self, failure: CheckFailed) -> tuple[Server, int | None]:
        """Whose output tells of the failure; its exit code, where it ended by itself.

        After the check all have ended; then the failure knows who did by itself.
        """
        ended = [finding.client for finding in failure.findings if finding.fault is Fault.ENDED]
        for server in self.all:
            if server.name in ended or (server is self.all[0] and "" in ended):
                return server, server.exit_code
        return self.all[0], None

    async def __aenter__(self) -> "Servers":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._running.aclose()

    def _left(self) -> list[Server]:
        return [server for server in self.all if server.name not in self._killed]
