"""A process that a launcher has started, and why there may be none."""

import asyncio

from grader.servers.output import Output


class LaunchError(Exception):
    """A process could not be started: the grader's fault or the machine's."""


class HostDiedError(LaunchError):
    """The host has died, and with it every process that it had started."""


class Process:
    """A started process: its pid, and its exit code (minus the signal's number) once it ended.

    `because` says why we ended it before its time; "" where we did not.
    """

    def __init__(self, number: int, output: Output) -> None:
        self.number = number
        self.output = output
        self.pid = 0
        self.because = ""
        self.broken = ""  # why it could not be kept apart, and was not run
        self.started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        # With all that it had started, as far as that is known.
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def code(self) -> int | None:
        """The exit code, None while the process runs. Raises LaunchError where it never did."""
        return self.ended.result() if self.ended.done() else None
