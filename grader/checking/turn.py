"""Expectations over a recorded history: what clients must hear, and what they must not.

A check acts and expects in turns. Leaving a turn waits for what must come, and fails at once on
what is wrong. Before the next one begins, a barrier on every client sees to it that nothing of the
turn is still under way. At the end of the check all turns are judged once more, after two
barriers and the grace: what came too often, or should not have come, has come by then.

A failed expectation raises CheckFailed with its findings.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from types import TracebackType
from typing import Any, Protocol

from grader.browser.sights import Sight
from grader.checking.expectations import (
    ComesTo,
    Heard,
    Hears,
    HearsOneOf,
    HearsResponse,
    HearsSome,
    MayHear,
    Prints,
)
from grader.checking.facts import Answered, Dismissed, Fact, KeptOut, Refused
from grader.checking.quiet import SPREAD, Client, Surroundings, settle
from grader.clients.http import NOTHING, Answer
from grader.history.conversation import Kind, Payload
from grader.history.findings import CheckFailed, Finding
from grader.history.patience import Patience

MOST_PATIENCES = 3  # that a turn takes at most in which something comes again and again


class Watched(Protocol):
    """What a turn needs of a page."""

    async def unseen(self, sights: Sequence[Sight], patience: Patience) -> list[Finding]:
        """Wait until all sights are as they should be; a finding for each that is not."""

    async def unkept(self, patience: Patience) -> list[Finding]:
        """What was as it should be, and is so no longer."""


Clients = Client | Iterable[Client]


class Turn:
    """Something that clients do, and what must follow from it; an asynchronous context."""

    def __init__(self, around: Surroundings, before: Callable[[], Awaitable[None]]) -> None:
        """`before` is awaited when the turn begins: what was under way must be over."""
        self._around = around
        self._before = before
        self._hears: list[Hears] = []
        self._prints: list[Prints] = []
        self._facts: list[Fact] = []
        self._shows: dict[Watched, list[Sight]] = {}
        self.since = -1  # until it begins

    def hears(
        self,
        clients: Clients,
        event: str,
        *values: Any,
        lane: Callable[[Any], Any] | None = None,
        because: str = "",
        more_keys: bool = False,
        form: Callable[[Any], Any] | None = None,
    ) -> None:
        """Each client hears the event once for each value, in this order, and not again.

        `lane` sorts the values into lanes, and only the order within each lane counts.
        `because` says, in the words of the report, why nothing more should come.
        `more_keys`: the contract leaves open what else the objects have.
        `form` gives any value the form in which it is compared, as a list whose order is free in
        order.
        """
        payloads = tuple((value,) for value in values)
        lanes = tuple(map(lane, values)) if lane else None
        for client in _each(clients):
            self._hears.append(
                Hears(client.name, event, payloads, lanes, because, more_keys, form=form)
            )

    def hears_some(self, clients: Clients, event: str) -> None:
        """Each client hears the event at least once; with what is not judged."""
        for client in _each(clients):
            self._hears.append(HearsSome(client.name, event, ()))

    def hears_one_of(self, clients: Clients, event: str, *payloads: tuple[Any, ...]) -> None:
        """Each client hears the event once, with one of these payloads: the first is the usual."""
        for client in _each(clients):
            self._hears.append(HearsOneOf(client.name, event, payloads))

    def hears_nothing(self, clients: Clients, event: str, *, because: str) -> None:
        """No client of these hears the event."""
        self.hears(clients, event, because=because)

    def may_hear(
        self,
        clients: Clients,
        event: str,
        value: Any,
        *,
        form: Callable[[Any], Any] | None = None,
    ) -> None:
        """The contract leaves open whether and how often, but not with what; `form` as above."""
        for client in _each(clients):
            self._hears.append(MayHear(client.name, event, ((value,),), form=form))

    def comes_to(
        self,
        clients: Clients,
        event: str,
        value: Any,
        *,
        among: Iterable[Any],
        because: str = "",
        more_keys: bool = False,
        form: Callable[[Any], Any] | None = None,
    ) -> None:
        """The last that each client hears of the event is this value, and all are `among` these.

        For what many clients do at a time: how often they hear of it is left open. `form` as above.
        """
        payloads, others = ((value,),), tuple((one,) for one in among)
        for client in _each(clients):
            self._hears.append(
                ComesTo(
                    client.name, event, payloads, None, because, more_keys, form=form, among=others
                )
            )

    def answers(
        self,
        client: Client,
        status: int,
        headers: Mapping[str, str] | None = None,
        *,
        instead: int | None = None,
        without: str = "",
        because: str = "",
    ) -> None:
        """The client gets one HTTP response: with this status, these headers, and any others.

        `instead` is a status that will do as well, whatever the headers are. `without` names a
        header that must not be among them, and `because` says why.
        """
        payloads: list[Payload] = [(status, dict(headers)) if headers else (status,)]
        if instead is not None:
            payloads.append((instead,))
        self._hears.append(
            HearsResponse(
                client.name, "response", tuple(payloads), because=because, without=without
            )
        )

    def acknowledged(
        self,
        clients: Clients,
        event: str,
        *values: Any,
        because: str = "",
        more_keys: bool = False,
    ) -> None:
        """What each client emits with `ack=True` is acknowledged, once for each value.

        Without a value: at least once, with what is not judged.
        """
        payloads = tuple((value,) for value in values)
        for client in _each(clients):
            self._hears.append(
                Hears(client.name, event, payloads, None, because, more_keys, Kind.ACKED)
                if values
                else HearsSome(client.name, event, (), kind=Kind.ACKED)
            )

    def answered(
        self,
        answer: Answer,
        status: int | str,
        headers: Mapping[str, str] | None = None,
        *,
        cookie: Collection[str] | None = None,
        json: Any = NOTHING,
        more_keys: bool = False,
        because: str = "",
    ) -> None:
        """The answer to a client's request has this status, these headers, and any others.

        status: 400, "2xx", "2xx or 3xx".
        cookie: attributes that a cookie has which the answer sets, such as ("HttpOnly",
            "SameSite"); () for any cookie.
        json: the value that the body is; with `more_keys`, its objects may have more keys.
        because: says, in the words of the report, why.
        """
        self._facts.append(
            Answered(answer, status, headers or {}, cookie, json, more_keys, because)
        )

    def refused(self, clients: Clients, message: str = "", *, because: str = "") -> None:
        """Each client that tries to connect in this turn gets a `connect_error` with a message.

        `message` is a text that must be in it. Where that is empty, the status 401 or 403 on the
        socket's handshake will do too. `because` says why it must not be let in.
        """
        self._facts += [Refused(client.name, message, because) for client in _each(clients)]

    def kept_out(self, clients: Clients, *, because: str) -> None:
        """Each client that tries to connect in this turn is not let in, answered or not."""
        self._facts += [KeptOut(client.name, because) for client in _each(clients)]

    def disconnects(self, clients: Clients, *, because: str = "") -> None:
        """The server ends each client's connection; set before the clients act."""
        for client in _each(clients):
            self._around.conversation.dismissed.add(client.name)
            self._facts.append(Dismissed(client.name, because))

    def prints(self, text: str, times: int | None = None) -> None:
        """The server prints a line that contains the text; set before the clients act.

        `times`: it prints so many of them from here to the end of the check, and no more.
        """
        if self._around.output:
            self._prints.append(Prints(self._around.output.watch(text), times))

    def shows(self, pages: Watched | Iterable[Watched], *sights: Sight) -> None:
        """Each page comes to show all of these, and still does when the turn and the check end.

        What its user does in a later turn, and what is expected of it there, ends that.
        """
        for page in pages if isinstance(pages, Iterable) else (pages,):
            self._shows.setdefault(page, []).extend(sights)

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


def _each(clients: Clients) -> Iterable[Client]:
    return clients if isinstance(clients, Iterable) else (clients,)
