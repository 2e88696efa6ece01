"""What must follow from what clients do in a turn, in the words of a check's author."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from grader.browser.sights import Sight
from grader.checking.expectations import (
    ComesTo,
    Hears,
    HearsNever,
    HearsOneOf,
    HearsResponse,
    HearsSome,
    MayHear,
    Prints,
)
from grader.checking.facts import Answered, Dismissed, Fact, KeptOut, Refused
from grader.checking.quiet import Client, Surroundings
from grader.clients.http import NOTHING, Answer
from grader.history.conversation import Kind, Payload
from grader.history.findings import Finding
from grader.history.patience import Patience


class Watched(Protocol):
    """What a turn needs of a page."""

    async def unseen(self, sights: Sequence[Sight], patience: Patience) -> list[Finding]:
        """Wait until all sights are as they should be; a finding for each that is not."""

    async def unkept(self, patience: Patience) -> list[Finding]:
        """What was as it should be, and is so no longer."""


Clients = Client | Iterable[Client]


class Expecting:
    """The half of a turn that a check's author speaks to: what is said here, the turn judges."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._hears: list[Hears] = []
        self._prints: list[Prints] = []
        self._facts: list[Fact] = []
        self._shows: dict[Watched, list[Sight]] = {}

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

    def never_hears(
        self, clients: Clients, event: str, *payloads: tuple[Any, ...], because: str
    ) -> None:
        """No client of these hears the event with one of these payloads."""
        for client in _each(clients):
            self._hears.append(HearsNever(client.name, event, payloads, because=because))

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


def _each(clients: Clients) -> Iterable[Client]:
    return clients if isinstance(clients, Iterable) else (clients,)
