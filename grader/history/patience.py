"""How long to wait for what has not come: in seconds in which everybody could run.

On a machine with more work than cores a server that is right is late. Linux counts, for every
process, how long it was ready to run and had to wait for a core, and of the whole machine, how long
it had to wait for a disk, or for the cores of its host; that time is given back.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

MOST = 18.0  # seconds given back at most to one wait, however busy the machine
LATELY = 0.5  # seconds in which what a process has waited is not asked again
SCHEDSTAT = Path("/proc/self/schedstat")  # it is there where Linux counts


def starved(*pids: int) -> float:
    """Seconds that the processes have waited for a core, ever; 0.0 where nothing counts it."""
    return sum(waiting for _, waiting in map(_times, pids))


def computed(*pids: int) -> float:
    """Seconds that the processes have been on a core, ever; 0.0 of those that are gone."""
    if SCHEDSTAT.exists():
        return sum(running for running, _ in map(_times, pids))
    return sum(map(_computed, pids))


def held_up() -> float:
    """Seconds that this machine has kept work waiting, ever; 0.0 where nothing counts it.

    Its cores have waited for those of its host: the field "steal" of /proc/stat (the kernel's
    Documentation/filesystems/proc.rst). Something on it has waited for a disk: the line "some" of
    /proc/pressure/io (Documentation/accounting/psi.rst), as no process's schedstat counts it.
    """
    stolen = stalled = 0.0
    with contextlib.suppress(OSError, IndexError, ValueError):
        stolen = int(_read("/proc/stat").split()[8]) / os.sysconf("SC_CLK_TCK")
    with contextlib.suppress(OSError, IndexError, ValueError):
        stalled = int(_read("/proc/pressure/io").split()[4].removeprefix(b"total=")) / 1e6
    return stolen + stalled


def _times(pid: int) -> tuple[float, float]:
    """Seconds that a process was on a core, and that it waited for one.

    The source is schedstat of each thread: time on a core and time waiting for one, in nanoseconds
    (the kernel's Documentation/scheduler/sched-stats.rst).
    """
    running = waiting = 0
    # A notebook's kernel is asked at every call: pathlib's objects would cost the most of it.
    with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/task") as threads:
        for thread in threads:
            with contextlib.suppress(OSError, IndexError, ValueError):
                on_a_core, in_the_queue = map(int, _read(f"{thread.path}/schedstat").split()[:2])
                running += on_a_core
                waiting += in_the_queue
    return running / 1e9, waiting / 1e9


def _computed(pid: int) -> float:
    """Seconds that a process was on a core, on any system: counted less often, and slow to ask."""
    import psutil  # seldom needed, and slow to import

    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _read(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, 128)
    finally:
        os.close(file)


class Waits:
    """The seconds that processes wait for a core from now on; with `ever`, those before as well.

    `family` gives the ids of the processes that there are just now. One that has ended counts as
    it did when it was last asked: what it had waited is not taken back. They are added up, as each
    waits for the others; `longest` is for those that do not: then only the longest counts.
    """

    def __init__(
        self, family: Callable[[], Iterable[int]], *, ever: bool = False, longest: bool = False
    ) -> None:
        self._family = family
        self._together = max if longest else sum
        self._seen: dict[int, float] = {}
        self._before = {} if ever else dict(self._look())

    def __call__(self) -> float:
        """The seconds until now."""
        seen = self._look()
        return self._together([seen[pid] - self._before.get(pid, 0.0) for pid in seen] or [0.0])

    def _look(self) -> Mapping[int, float]:
        for pid in self._family():
            self._seen[pid] = max(starved(pid), self._seen.get(pid, 0.0))
        return self._seen


class Lately:
    """Begins to count, again and again, how much a total of seconds grows from then on.

    From up to LATELY seconds before, as many waits begin at a time, and asking takes long. What
    was waited before a wait began is no reason to wait longer: it was given back to an earlier one.
    """

    def __init__(self, total: Callable[[], float], before: float) -> None:
        """`before`: what the total is now; less where asking for that would take too long."""
        self._total = total
        self._before = before
        self._since = time.monotonic()

    def __call__(self) -> Callable[[], float]:
        """What tells how much it has grown since now."""
        if time.monotonic() - self._since > LATELY:
            self._before, self._since = self._total(), time.monotonic()
        before = self._before
        return lambda: self._total() - before


class Patience:
    """A span of `seconds` that begins now, and is longer by the seconds that `waited()` gives.

    `waited` is asked only once the span would be over, and gives `most` seconds at most.
    """

    def __init__(
        self, seconds: float, waited: Callable[[], float] = lambda: 0.0, most: float = MOST
    ) -> None:
        self.seconds = seconds
        self._waited = waited
        self._most = most
        self._began = time.monotonic()

    def left(self) -> float:
        """Seconds until the span may be over; 0.0 once it is."""
        gone = time.monotonic() - self._began
        if gone < self.seconds:
            return self.seconds - gone
        allowed = self.seconds + min(self._waited(), self._most)
        return max(0.0, allowed - gone)
