"""The turns of one check, one after another: judged in between, and all once more at the end."""

from dataclasses import dataclass

from grader.checking.quiet import BARRIERS, Surroundings, grace, settle
from grader.checking.turn import Turn
from grader.history.conversation import ACTS
from grader.history.findings import CheckFailed, Finding


class Turns:
    """Those that a check has begun so far."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._turns: list[Turn | _Unjudged] = []
        self._settled = 0  # how far the history is known to be complete

    def begin(self) -> Turn:
        """One more, which waits for the one before when it is entered."""
        turn = Turn(self._around, self.finish)
        self._turns.append(turn)
        return turn

    def leave_open(self, pairs: set[tuple[str, str]]) -> int:
        """Let what these clients hear of these events belong to no turn from here to the next one.

        `pairs` are (client, event). The result is where in the history that begins.
        """
        since = len(self._around.conversation.entries)
        self._turns.append(_Unjudged(since, pairs))
        return since

    @property
    def judged(self) -> set[str]:
        """The events that have been judged so far."""
        return {event for turn in self._turns for event in turn.judged}

    @property
    def last(self) -> int:
        """Where in the history the last one begins."""
        return self._turns[-1].since if self._turns else 0

    async def finish(self, *, connected: bool = False) -> None:
        """Let everything that is under way arrive, and judge the last turn by it.

        Nothing is, where nobody has done anything, or has `connected`, since the last time. Raises
        CheckFailed.
        """
        entries = self._around.conversation.entries
        if not connected and not any(entry.kind in ACTS for entry in entries[self._settled :]):
            return
        silent = await settle(self._around)
        self._settled = len(entries)
        done = [turn for turn in self._turns if turn.since >= 0]
        wrongs = done[-1].wrongs() if done else []
        if stopped := self._around.broken() or silent:
            wrongs.append(stopped)
        if wrongs := wrongs or (await done[-1].unkept() if done else []):
            raise CheckFailed(wrongs, done[-1].since if done else 0)

    async def settle(self) -> None:
        """Judge all once more, when nothing can be under way any longer. Raises CheckFailed."""
        silent = await settle(self._around, barriers=BARRIERS)
        flood = await grace(self._around.output)
        later: dict[tuple[str, str], int] = {}
        for turn in reversed(self._turns):
            if wrongs := turn.wrongs(later):
                raise CheckFailed(wrongs, turn.since)
            later.update(dict.fromkeys(turn.pairs, turn.since))
        if stopped := self._around.broken() or silent or flood:
            raise CheckFailed([stopped], self.last)


@dataclass(frozen=True)
class _Unjudged:
    """In the row of turns: what is heard from here on belongs to no turn before it."""

    since: int
    pairs: set[tuple[str, str]]
    judged: frozenset[str] = frozenset()

    def wrongs(self, until: dict[tuple[str, str], int] | None = None) -> list[Finding]:
        """Nothing: it is not judged."""
        return []

    async def unkept(self) -> list[Finding]:
        """Nothing: it expects nothing of a page."""
        return []
