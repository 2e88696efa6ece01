"""Expectations over a recorded history: what clients must hear, and what they must not.

A check acts and expects in turns. Leaving a turn waits for what must come, and fails at once on
what is wrong. Before the next one begins, a barrier on every client sees to it that nothing of the
turn is still under way. At the end of the check all turns are judged once more, after two
barriers and the grace: what came too often, or should not have come, has come by then.

A failed expectation raises CheckFailed with its findings.
"""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain
from types import TracebackType

from grader.checking.expectations import Heard, Hears, HearsSome
from grader.checking.expecting import Expecting
from grader.checking.facts import Fact
from grader.checking.quiet import SPREAD, Surroundings, settle
from grader.history.findings import CheckFailed, Finding
from grader.history.patience import Patience

MOST_PATIENCES = 3  # that a turn takes at most in which something comes again and again


class Turn(Expecting):
    """Something that clients do, and what must follow from it; an asynchronous context."""

    def __init__(self, around: Surroundings, before: Callable[[], Awaitable[None]]) -> None:
        """`before` is awaited when the turn begins: what was under way must be over."""
        super().__init__(around)
        self._before = before
        self.since = -1  # until it begins

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """The (client, event) pairs that this turn is about."""
        return {one.pair for one in self._hears}

    @property
    def judged(self) -> set[str]:
        """The events that clients must hear with certain values, or must not hear."""
        return {one.event for one in self._hears if not isinstance(one, HearsSome)}

    async def __aenter__(self) -> "Turn":
        await self._before()
        self.since = len(self._around.conversation.entries)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, CheckFailed):
            error.since = error.since or self.since
        if kind is None:
            await self._end()
            await self._watch()

    def wrongs(self, until: dict[tuple[str, str], int] | None = None) -> list[Finding]:
        """What is wrong with what came so far; `until` bounds the pairs of a later turn."""
        heard = (one.judge(self._heard(one, until))[1] for one in self._hears)
        facts = (self._decided(one)[1] for one in self._facts)
        printed = (one.surplus() for one in self._prints)
        return [wrong for wrong in (*facts, *heard, *printed) if wrong]

    async def unkept(self) -> list[Finding]:
        """What a page does not go on showing, now that nothing of the turn is under way.

        It may have shown it from before, and what the turn was about came there later.
        """
        patience = self._around.patience(None)
        found = await asyncio.gather(*(page.unkept(patience) for page in self._shows))
        return [finding for findings in found for finding in findings]

    async def _end(self) -> None:
        around = self._around
        # A server may take its time for each event; one that goes on and on is not waited for.
        longest = around.patience(around.patience(None).seconds * MOST_PATIENCES)
        while await self._more() and longest.left():
            pass
        if self._complete() and not self.wrongs() and not around.broken():
            return
        # Where something wrong ended the wait, what has not come is not missing yet.
        waited_in_vain = not self.wrongs()
        silent = await settle(around, patience=around.patience(SPREAD) if waited_in_vain else None)
        findings = [*self.wrongs(), *(self._missing() if waited_in_vain else [])]
        if stopped := around.broken() or silent:
            findings.append(stopped)
        if findings:
            raise CheckFailed(findings, self.since)

    async def _more(self) -> bool:
        """Wait within the patience until more has come, or the turn is decided; whether it has."""
        around, came = self._around, self._came()
        await around.conversation.until(
            lambda: self._came() > came or self._over(), around.patience(None)
        )
        return self._came() > came

    async def _watch(self) -> None:
        patience = self._around.patience(None)
        first = await self._looks(patience)
        if not any(first):
            return
        # A page that was right at the first look may be wrong by now, as the others are.
        again = await self._looks(patience)
        found = [now or before for now, before in zip(again, first, strict=True)]
        stopped = self._around.broken()
        raise CheckFailed([*chain(*found), *([stopped] if stopped else [])], self.since)

    async def _looks(self, patience: Patience) -> list[list[Finding]]:
        """What each page does not show of what it should, once it has had the patience for it."""
        looks = (page.unseen(sights, patience) for page, sights in self._shows.items())
        return await asyncio.gather(*looks)

    def _over(self) -> bool:
        return bool(self._complete() or self.wrongs() or self._around.broken())

    def _came(self) -> int:
        return sum(len(self._heard(one)) for one in self._hears)

    def _complete(self) -> bool:
        return (
            all(one.complete for one in self._prints)
            and all(self._decided(one)[0] for one in self._facts)
            and all(one.judge(self._heard(one))[0] for one in self._hears)
        )

    def _missing(self) -> list[Finding]:
        unprinted = [one.missing() for one in self._prints if not one.complete]
        undecided = [one.missing() for one in self._facts if not self._decided(one)[0]]
        return (
            unprinted
            + undecided
            + [
                finding
                for one in self._hears
                if not one.judge(self._heard(one))[0]
                for finding in one.missing(self._heard(one))
            ]
        )

    def _heard(self, one: Hears, until: dict[tuple[str, str], int] | None = None) -> Heard:
        conversation = self._around.conversation
        end = (until or {}).get(one.pair)
        where = conversation.heard(one.client, one.event, self.since, end, one.kind)
        return [(i, conversation.entries[i].args) for i in where]

    def _decided(self, one: Fact) -> tuple[bool, Finding | None]:
        return one.judge(self._around.conversation, self.since)
