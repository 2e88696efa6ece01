"""How long to wait for what has not come: in seconds in which everybody could run.

On a machine with more work than cores a server that is right is late. Linux counts, for every
process, how long it was ready to run and had to wait for a core; that time is given back.
"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

LONGEST = 5  # times the seconds asked for, however busy the machine


def starved(*pids: int) -> float:
    """Seconds that the processes have waited for a core, ever; 0.0 where nothing counts it.

    The source is schedstat of each thread: time on a core and time waiting for one, in nanoseconds
    (the kernel's Documentation/scheduler/sched-stats.rst).
    """
    nanoseconds = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError, IndexError, ValueError):
                nanoseconds += int(thread.read_text().split()[1])
    return nanoseconds / 1e9


class Patience:
    """A span of `seconds` that begins now, and is longer by the seconds that `waited()` gives.

    `waited` is asked only once the span would be over.
    """

    def __init__(self, seconds: float, waited: Callable[[], float] = lambda: 0.0) -> None:
        self.seconds = seconds
        self._waited = waited
        self._began = time.monotonic()

    def left(self) -> float:
        """Seconds until the span may be over; 0.0 once it is."""
        gone = time.monotonic() - self._began
        if gone < self.seconds:
            return self.seconds - gone
        allowed = min(self.seconds + self._waited(), LONGEST * self.seconds)
        return max(0.0, allowed - gone)
