"""The read end of the pipe to which a process prints."""

import asyncio
import os

from grader.servers.output import Output

_CHUNK = 2**18
_MOST_LEFT = 16  # chunks that are read of what a process has left in its pipe


class Pipe:
    """Feeds an Output from the read end of a pipe until it ends or is closed."""

    def __init__(self, descriptor: int, output: Output) -> None:
        self._descriptor: int | None = descriptor
        self._output = output
        os.set_blocking(descriptor, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(descriptor, self._read)

    def drain(self) -> None:
        """Feed what is in the pipe now, except what somebody else goes on writing."""
        for _ in range(_MOST_LEFT):
            if not self._read():
                return

    def close(self) -> None:
        if self._descriptor is not None:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None
            self._output.end()

    def _read(self) -> bool:
        if self._descriptor is None:
            return False
        try:
            data = os.read(self._descriptor, _CHUNK)
        except BlockingIOError:
            return False
        if data:
            self._output.feed(data)
        else:
            self.close()
        return bool(data)
