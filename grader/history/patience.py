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
    """Seconds that the processes have waited for a core, ever; 0.0 where nothing counts it."""
    return sum(waiting for _, waiting in map(_times, pids))


def computed(*pids: int) -> float:
    """Seconds that the processes have been on a core, ever; 0.0 where nothing counts it."""
    return sum(running for running, _ in map(_times, pids))


def _times(pid: int) -> tuple[float, float]:
    """Seconds that a process was on a core, and that it waited for one.

    The source is schedstat of each thread: time on a core and time waiting for one, in nanoseconds
    (the kernel's Documentation/scheduler/sched-stats.rst).
    """
    running = waiting = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            on_a_core, in_the_queue = map(int, thread.read_text().split()[:2])
            running += on_a_core
            waiting += in_the_queue
    return running / 1e9, waiting / 1e9


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
