"""Mistakes that show in the count of clients: when it is changed, and who hears it."""

from dataclasses import dataclass

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.report.result import Mistake

_COUNT = "user count"
_CROWD = 10  # clients that act in one turn; from so many on they surely act at the same time


def not_the_newcomer(e: Evidence) -> Mistake | None:
    """All hear the count except the client that has just connected."""
    newcomers = _newcomers(e)
    missing = {finding.client for finding in e.about(_COUNT, Fault.MISSING)}
    skipping = [emit for emit in e.source.emitting(_COUNT) if emit.leaves_out]
    others = e.present - set(newcomers)
    if not missing or not missing <= set(newcomers):
        return None
    if not skipping and not (others and others <= e.hearers(_COUNT)):
        return None
    return Mistake(
        "newcomer-left-out",
        f"{newcomers[-1]} has just connected, and does not hear the count. The page of a "
        "newcomer waits for it like all others: skip_sid=sid leaves it out.",
        skipping[0].where if skipping else None,
    )


def only_the_newcomer(e: Evidence) -> Mistake | None:
    """Only the client that has just connected hears the count."""
    newcomers = _newcomers(e)
    missing = {finding.client for finding in e.about(_COUNT, Fault.MISSING)}
    if len(newcomers) != 1 or not missing or e.hearers(_COUNT) != set(newcomers):
        return None
    emits = [emit for emit in e.source.emitting(_COUNT) if emit.narrowed]
    return Mistake(
        "only-the-newcomer",
        f"the count reaches {newcomers[0]}, who has just connected, and nobody else. to=sid "
        "tells one client; without to= an emit reaches all.",
        emits[0].where if emits else None,
    )


@dataclass(frozen=True)
class _Count:
    """A count that is not what it should be, and who came and went in its turn."""

    e: Evidence
    client: str
    expected: int
    got: int
    newcomers: list[str]
    left: list[str]

    @property
    def only_came(self) -> bool:
        return bool(self.newcomers) and not self.left

    @property
    def only_left(self) -> bool:
        return bool(self.left) and not self.newcomers


def wrong_count(e: Evidence) -> Mistake | None:
    """A count that is too small or too large."""
    left = [entry.client for entry in e.turn if entry.kind is Kind.LEFT]
    for finding in e.about(_COUNT, Fault.DIFFERENT):
        if not finding.expected or not finding.got:
            continue
        expected, got = finding.expected[0], finding.got[0]
        if type(expected) is not int or type(got) is not int:
            continue
        count = _Count(e, finding.client, expected, got, _newcomers(e), left)
        if mistake := next(filter(None, (rule(count) for rule in _OF_A_COUNT)), None):
            return mistake
    return None


def _cut(count: _Count) -> Mistake | None:
    limits = count.e.source.calls("min")
    if count.got >= count.expected or not limits:
        return None
    return Mistake(
        "count-cut",
        f"{count.expected} clients are connected, and the count is {count.got}: min(...) keeps it "
        "small. Send what was counted, however much it is.",
        limits[0],
    )


def _overwritten(count: _Count) -> Mistake | None:
    if _acting(count.e) < _CROWD:
        return None
    return Mistake(
        "changes-overwritten",
        "many come or go at the same time, and the count is wrong. Where a handler awaits "
        "something between reading the count and writing it back, another one changes it "
        "meanwhile: change it in one line, without an await.",
    )


def _nobody_counted(count: _Count) -> Mistake | None:
    handlers = count.e.source.listening_to("connect")
    if not (count.only_came and handlers and count.got < count.expected):
        return None
    if keeping.adds(count.e.source):
        return None
    return Mistake(
        "not-saved",
        f"{count.newcomers[-1]} has connected, and is not in the count: the handler of "
        '"connect" counts nobody.',
        handlers[0].where,
    )


def _emitted_too_early(count: _Count) -> Mistake | None:
    if not count.only_came or count.got != count.expected - 1:
        return None
    return Mistake(
        "counted-after-the-emit",
        f"{count.newcomers[-1]} has connected, and is not in the count: it is emitted before "
        "it is made larger, or leaves somebody out. Change it first, then emit it.",
        count.e.source.handler_of("connect"),
    )


def _several_as_one(count: _Count) -> Mistake | None:
    ever_left = any(one.kind is Kind.LEFT for one in count.e.conversation.entries)
    if not count.newcomers or ever_left or not 0 < count.got < count.expected - 1:
        return None
    return Mistake(
        "several-counted-as-one",
        f"{count.expected} clients are connected, and the count is {count.got}: several of them "
        "count as one, or it starts again with each of them. Count the sids. An address, or a "
        "name, can be that of several.",
        count.e.source.handler_of("connect"),
    )


def _wrong_before(count: _Count) -> Mistake | None:
    e = count.e
    before = _told_last(e, count.client)
    gone = any(one.kind is Kind.LEFT for one in e.conversation.entries[: e.since])
    if count.got <= count.expected or not gone or before is None:
        return None
    if count.got - before != len(count.newcomers) - len(count.left):
        return None
    return Mistake(
        "still-counted",
        f"this change is counted rightly, and the count was {before} before: somebody who "
        "had gone by then is still in it. One client that goes is one less.",
        e.source.handler_of("disconnect"),
    )


def _counted_twice(count: _Count) -> Mistake | None:
    if not count.only_came or not 1 < count.expected == count.got - 1:
        return None
    return Mistake(
        "counted-twice",
        f"{count.newcomers[-1]} has connected once, and is counted twice. Count in the "
        'handler of "connect" alone.',
    )


def _still_counted(count: _Count) -> Mistake | None:
    if not count.only_left or count.got != count.expected + 1:
        return None
    return Mistake(
        "still-counted",
        f"{count.left[-1]} has gone, and is still in the count: it is emitted before it is "
        "made smaller, or never made smaller. Change it first, then emit it.",
        count.e.source.handler_of("disconnect"),
    )


def _taken_off_twice(count: _Count) -> Mistake | None:
    if not count.only_left or count.got != count.expected - 1:
        return None
    return Mistake(
        "taken-off-twice",
        f"{count.left[-1]} has gone, and is taken off the count twice. One client that goes "
        "is one less.",
        count.e.source.handler_of("disconnect"),
    )


# Each is sure only where those before it do not fit.
_OF_A_COUNT = (
    _cut,
    _overwritten,
    _nobody_counted,
    _emitted_too_early,
    _several_as_one,
    _wrong_before,
    _counted_twice,
    _still_counted,
    _taken_off_twice,
)


def _told_last(e: Evidence, client: str) -> int | None:
    """The count that a client heard last before the turn."""
    heard = e.conversation.heard(client, _COUNT, until=e.since)
    payload = e.conversation.entries[heard[-1]].args if heard else ()
    return payload[0] if payload and type(payload[0]) is int else None


def _newcomers(e: Evidence) -> list[str]:
    """The clients that connected in the turn, in order."""
    return [entry.client for entry in e.turn if entry.kind is Kind.CONNECTED]


def _acting(e: Evidence) -> int:
    return sum(entry.kind in (Kind.CONNECTED, Kind.LEFT) for entry in e.turn)


RULES = (not_the_newcomer, only_the_newcomer, wrong_count)
