"""The kernel's standard output and error: what cells print is counted, and goes nowhere."""

import sys
from typing import Any

from ipykernel.iostream import OutStream
from IPython.core.interactiveshell import InteractiveShell

from grader.notebook.crossing import PRINTED

MOST_PRINTED = 10**6  # characters of one cell; of more, the grader is told


class Counted(OutStream):
    """Counts in `printed` the characters that were written; nothing closes it."""

    printed = 0

    def write(self, string: str) -> int:
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string).__name__}")
        self.printed += len(string)
        return len(string)

    def flush(self) -> None:
        """There is nothing to flush."""

    def close(self) -> None:
        """A cell that closes it does not silence those after it."""


def watch(shell: InteractiveShell) -> None:
    """After every cell: put back the streams, and publish under `PRINTED` what was too much.

    The kernel flushes the streams then, and what a cell has put in their place may raise.
    """
    streams = sys.stdout, sys.stderr

    def after(*_: Any) -> None:
        sys.stdout, sys.stderr = streams
        counts = [stream for stream in streams if isinstance(stream, Counted)]
        printed = sum(stream.printed for stream in counts)
        for stream in counts:
            stream.printed = 0
        if printed > MOST_PRINTED:
            shell.display_pub.publish({PRINTED: str(printed)})

    after()  # what was printed until now is nobody's
    shell.events.register("post_run_cell", after)
