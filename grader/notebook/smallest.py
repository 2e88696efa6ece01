"""Looks for a smaller input on which an answer is wrong as well: Hypothesis draws and shrinks."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from grader.notebook.books import Cell
from grader.notebook.execution import Ran
from grader.notebook.exercise import DEADLINE, Runs, Trial, WrongError

MOST_CALLS = 100  # of a student's functions, for one check
QUICK = 0.1  # seconds of a call that are not counted: a busy machine takes as long for any
EXAMPLES = 30  # that Hypothesis may draw until one is wrong

Play = Callable[[Trial], Awaitable[None]]


class _EnoughError(BaseException):
    """All calls are used up; it passes through Hypothesis."""


class _LongerError(Exception):
    """A play goes on beyond the number of calls with which the first one was wrong."""


async def smallest(
    play: Play,
    first: WrongError,
    calls: int,
    kernel: Runs,
    cells: Sequence[Cell],
    seed: str,
    patience: float,
) -> WrongError:
    """The failure with the shortest call among those that are found, which may be the first.

    Each is wrong in the same way as the first, after no more than its `calls`, and each was really
    tried. `seed` makes Hypothesis draw the same again; `patience` with one call is in seconds.
    """
    bounded = _Bounded(kernel, calls, DEADLINE * patience)
    search = _Search(play, first, bounded, cells, patience)
    with contextlib.suppress(_EnoughError):
        await asyncio.to_thread(search.run, seed)
    return search.best


class _Search:
    """Plays a check again and again, with a loop of its own, and keeps the `best` failure."""

    def __init__(
        self,
        play: Play,
        first: WrongError,
        kernel: "_Bounded",
        cells: Sequence[Cell],
        patience: float,
    ) -> None:
        self.best = first
        self._way = _way(first)
        self._play = play
        self._kernel = kernel
        self._cells = cells
        self._patience = patience

    def run(self, seed: str) -> None:
        """Draw until a play is wrong in that way, then shrink it. Raises _EnoughError."""
        import hypothesis
        from hypothesis import HealthCheck, Phase, Verbosity, strategies
        from hypothesis.errors import HypothesisException

        @hypothesis.seed(seed)
        @hypothesis.settings(
            database=None,
            deadline=None,
            max_examples=EXAMPLES,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @hypothesis.given(strategies.randoms(use_true_random=False))
        def attempt(draws: random.Random) -> None:
            asyncio.run(self._attempt(draws))

        # Of a function that answers differently each time, Hypothesis says that it is flaky.
        with _the_same_everywhere(), contextlib.suppress(WrongError, HypothesisException):
            attempt()

    async def _attempt(self, draws: random.Random) -> None:
        """Play the check. Raises WrongError where it is wrong in the same way, and _EnoughError."""
        self._kernel.made = 0
        try:
            await self._play(Trial(self._kernel, self._cells, draws, self._patience))
        except _LongerError:
            return
        except WrongError as wrong:
            if _way(wrong) != self._way:
                return
            if _size(wrong) <= _size(self.best):
                self.best = wrong
            raise


class _Bounded:
    """The kernel, for a thread with another loop than the one that the kernel belongs to.

    `made` are the calls of this play; it may make as many as `longest`.
    """

    def __init__(self, kernel: Runs, longest: int, seconds: float) -> None:
        self._kernel = kernel
        self._loop = asyncio.get_running_loop()
        self._calls = MOST_CALLS
        self._longest = longest
        self._seconds = seconds
        self._fastest = seconds
        self.made = 0

    async def run(self, source: str, seconds: float) -> Ran:
        """Run the code, in the loop of the kernel. Raises _LongerError and _EnoughError."""
        if self.made == self._longest:
            raise _LongerError
        self.made += 1
        if not self._calls or self._seconds <= 0:
            raise _EnoughError
        self._calls -= 1
        running = asyncio.run_coroutine_threadsafe(self._kernel.run(source, seconds), self._loop)
        ran = await asyncio.wrap_future(running)
        # What is found must not depend on how busy the machine is: the fastest call tells what one
        # takes.
        self._fastest = min(self._fastest, ran.seconds)
        self._seconds -= max(0.0, self._fastest - QUICK)
        if ran.late:
            raise _EnoughError
        return ran


@contextlib.contextmanager
def _the_same_everywhere() -> Iterator[None]:
    """Let a seed draw the same whatever modules are loaded.

    Hypothesis draws constants now and then that it has found in the source of modules that are not
    installed, and has no setting to stop that. Where it is built otherwise, nothing is changed.
    """
    from hypothesis.internal.conjecture import providers

    found = getattr(providers, "_get_local_constants", None)
    cache = getattr(providers, "CONSTANTS_CACHE", None)
    if found is None or cache is None:
        yield
        return
    none = type(found())()
    cache.cache.clear()
    vars(providers)["_get_local_constants"] = lambda: none
    try:
        yield
    finally:
        vars(providers)["_get_local_constants"] = found
        cache.cache.clear()


def _way(wrong: WrongError) -> tuple[Any, ...]:
    """In which way it is wrong: of which function, with an answer or an exception, and why."""
    call, *others = wrong.rows
    function = call.event.partition("(")[0]
    return (function, *((row.who, row.note, _kind(row.who, row.event)) for row in others))


def _kind(who: str, event: str) -> str:
    """The type of an exception; of anything else, nothing."""
    return event.partition(":")[0] if who == "raises" else ""


def _size(wrong: WrongError) -> int:
    return len(wrong.rows[0].event)
