"""What one client must hear of one event, or the server print, and what is wrong with it."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.history.conversation import Kind, Payload
from grader.history.findings import Fault, Finding
from grader.history.values import same
from grader.servers.output import Watch

Heard = list[tuple[int, Payload]]  # where in the history, and with what

ONCE = "once is enough"  # why what has come should not come again

_WITHOUT_CASE = ("upgrade", "connection")  # headers whose tokens are compared so


@dataclass(frozen=True)
class Hears:
    """A client hears exactly these payloads of an event; or, with the kind ACKED, the server
    acknowledges it to the client with exactly these.

    `lanes` gives each payload the lane whose order it keeps; None: one lane for all.
    `more_keys`: what comes may have more keys in its objects. `form` gives a value the form in
    which it is compared, so that what the contract leaves open makes no difference.
    """

    client: str
    event: str
    payloads: tuple[Payload, ...]
    lanes: tuple[Any, ...] | None = None
    because: str = ""
    more_keys: bool = False
    kind: Kind = Kind.HEARD
    form: Callable[[Any], Any] | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """The client and what it awaits; an event and its acknowledgement are two things."""
        return self.client, self.event if self.kind is Kind.HEARD else f"{self.kind} {self.event}"

    def judge(self, heard: Heard) -> tuple[bool, Finding | None]:
        """Whether all has come, and the first thing that is wrong with what came."""
        lanes: dict[Any, deque[Payload]] = {}
        for i, payload in enumerate(self.payloads):
            lanes.setdefault(self.lanes[i] if self.lanes else None, deque()).append(payload)
        for entry, got in heard:
            awaited = [lane for lane in lanes.values() if lane]
            lane = next((lane for lane in awaited if self._same(lane[0], got)), None)
            if lane:
                lane.popleft()
                continue
            early = next(
                (lane for lane in awaited if any(self._same(one, got) for one in lane)), None
            )
            known = any(self._same(one, got) for one in self.payloads)
            if early is None and (known or not awaited):
                return False, self._finding(Fault.SURPLUS, None, got, entry)
            expected = (early or awaited[0])[0]
            return False, self._finding(Fault.DIFFERENT, expected, got, entry)
        return not any(lanes.values()), None

    def missing(self, heard: Heard) -> list[Finding]:
        """A finding for each payload that has not come."""
        came = [payload for _, payload in heard]
        missing = []
        for payload in self.payloads:
            found = next((i for i, one in enumerate(came) if self._same(payload, one)), None)
            if found is None:
                missing.append(self._finding(Fault.MISSING, payload, None, None))
            else:
                del came[found]
        return missing

    def _finding(
        self, fault: Fault, expected: Payload | None, got: Payload | None, entry: int | None
    ) -> Finding:
        # Of one thing that came, and is another one, that is no reason.
        because = "" if fault is Fault.DIFFERENT and self.because == ONCE else self.because
        return Finding(
            fault, self.client, self.event, expected, got, entry, because, kind=self.kind
        )

    def _same(self, expected: Payload, got: Payload) -> bool:
        if self.form:
            expected, got = (tuple(map(self.form, payload)) for payload in (expected, got))
        return same(expected, got, more_keys=self.more_keys)


@dataclass(frozen=True)
class HearsSome(Hears):
    """A client hears an event at least once, with whatever payload."""

    def judge(self, heard: Heard) -> tuple[bool, Finding | None]:
        return bool(heard), None

    def missing(self, heard: Heard) -> list[Finding]:
        return [] if heard else [self._finding(Fault.MISSING, None, None, None)]


@dataclass(frozen=True)
class HearsNever(Hears):
    """A client never hears an event with one of these payloads; with others it may."""

    def judge(self, heard: Heard) -> tuple[bool, Finding | None]:
        for entry, got in heard:
            if any(self._same(one, got) for one in self.payloads):
                return True, self._finding(Fault.SURPLUS, None, got, entry)
        return True, None


@dataclass(frozen=True)
class HearsOneOf(Hears):
    """A client hears an event once, with one of these payloads."""

    def judge(self, heard: Heard) -> tuple[bool, Finding | None]:
        for entry, got in heard[:1]:
            if not any(self._same(one, got) for one in self.payloads):
                return True, self._finding(Fault.DIFFERENT, self.payloads[0], got, entry)
        for entry, got in heard[1:]:
            return True, self._finding(Fault.SURPLUS, None, got, entry)
        return bool(heard), None

    def missing(self, heard: Heard) -> list[Finding]:
        return [] if heard else [self._finding(Fault.MISSING, self.payloads[0], None, None)]


@dataclass(frozen=True)
class MayHear(Hears):
    """A client may hear an event, any number of times, but always with this payload."""

    def judge(self, heard: Heard) -> tuple[bool, Finding | None]:
        for entry, got in heard:
            if not self._same(self.payloads[0], got):
                return True, self._finding(Fault.DIFFERENT, self.payloads[0], got, entry)
        return True, None


@dataclass(frozen=True)
class ComesTo(Hears):
    """The last that a client hears of an event has this payload; until then any of `among` will do.

    How often it hears the event is left open.
    """

    among: tuple[Payload, ...] = ()

    def judge(self, heard: Heard) -> tuple[bool, Finding | None]:
        for entry, got in heard:
            if not any(self._same(one, got) for one in self.among):
                return False, self._finding(Fault.DIFFERENT, self.payloads[0], got, entry)
        return bool(heard) and self._same(self.payloads[0], heard[-1][1]), None

    def missing(self, heard: Heard) -> list[Finding]:
        if not heard:
            return [self._finding(Fault.MISSING, self.payloads[0], None, None)]
        entry, got = heard[-1]
        return [self._finding(Fault.DIFFERENT, self.payloads[0], got, entry)]


@dataclass(frozen=True)
class HearsResponse(Hears):
    """A client hears one HTTP response: its status, and headers of which some must be there.

    Each payload is (status, {header: value}), or (status,), and one of them will do; the first is
    what a reader is told. A value must be one of those that the response lists there (RFC 9110,
    5.6.1). `without` names a header that must not be there.
    """

    without: str = ""

    def judge(self, heard: Heard) -> tuple[bool, Finding | None]:
        for entry, got in heard[:1]:
            status, headers = got
            fits = (status == one[0] and _all_there(one[1:], headers) for one in self.payloads)
            if not any(fits):
                return True, self._finding(Fault.DIFFERENT, self.payloads[0], got, entry)
            if self.without.lower() in map(str.lower, headers):
                return True, self._finding(Fault.SURPLUS, None, got, entry)
        for entry, got in heard[1:]:
            return True, Finding(Fault.SURPLUS, self.client, self.event, None, got, entry)
        return bool(heard), None

    def missing(self, heard: Heard) -> list[Finding]:
        return [] if heard else [self._finding(Fault.MISSING, self.payloads[0], None, None)]


@dataclass(frozen=True)
class Prints:
    """The server prints lines with a text: `times` of them, or where that is None any number."""

    watch: Watch
    times: int | None

    @property
    def complete(self) -> bool:
        """Whether all has been printed."""
        return self.watch.seen >= (1 if self.times is None else self.times)

    def surplus(self) -> Finding | None:
        """The finding that more was printed."""
        more = self.times is not None and self.watch.seen > self.times
        return self._counted() if more else None

    def missing(self) -> Finding:
        """The finding that not all was printed."""
        return (
            self._counted() if self.watch.seen else Finding(Fault.UNPRINTED, text=self.watch.text)
        )

    def _counted(self) -> Finding:
        expected, got = (self.times,), (self.watch.seen,)
        return Finding(Fault.MISCOUNTED, expected=expected, got=got, text=self.watch.text)


def _all_there(wanted: Iterable[Mapping[str, str]], headers: Mapping[str, str]) -> bool:
    """Whether the headers have all that each of these asks for."""
    got = {name.lower(): listed(name, value) for name, value in headers.items()}
    return all(
        listed(name, value) <= got.get(name.lower(), set())
        for names in wanted
        for name, value in names.items()
    )


def listed(name: str, value: str) -> set[str]:
    """The members of a header's value (RFC 9110, 5.6.1)."""
    alike = str.lower if name.lower() in _WITHOUT_CASE else str
    return {alike(member.strip()) for member in value.split(",")}
