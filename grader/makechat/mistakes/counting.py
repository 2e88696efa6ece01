"""Mistakes that show in the count of clients: when it is changed, and who hears it."""

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


def off_by_one(e: Evidence) -> Mistake | None:
    """A count that is one too small or too large."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.event != _COUNT or not finding.expected or not finding.got:
            continue
        expected, got = finding.expected[0], finding.got[0]
        if type(expected) is not int or type(got) is not int:
            continue
        limits = e.source.calls("min")
        if got < expected and limits:
            return Mistake(
                "count-cut",
                f"{expected} clients are connected, and the count is {got}: min(...) keeps it "
                "small. Send what was counted, however much it is.",
                limits[0],
            )
        if _acting(e) >= _CROWD:
            return Mistake(
                "changes-overwritten",
                "many come or go at the same time, and the count is wrong. Where a handler awaits "
                "something between reading the count and writing it back, another one changes it "
                "meanwhile: change it in one line, without an await.",
            )
        left = [entry.client for entry in e.turn if entry.kind is Kind.LEFT]
        newcomers = _newcomers(e)
        handlers = e.source.listening_to("connect")
        if newcomers and not left and handlers and not e.source.adds and got < expected:
            return Mistake(
                "not-saved",
                f"{newcomers[-1]} has connected, and is not in the count: the handler of "
                '"connect" counts nobody.',
                handlers[0].where,
            )
        if newcomers and not left and got == expected - 1:
            return Mistake(
                "counted-after-the-emit",
                f"{newcomers[-1]} has connected, and is not in the count: it is emitted before "
                "it is made larger, or leaves somebody out. Change it first, then emit it.",
                e.source.handler_of("connect"),
            )
        ever_left = any(one.kind is Kind.LEFT for one in e.conversation.entries)
        if newcomers and not ever_left and 0 < got < expected - 1:
            return Mistake(
                "several-counted-as-one",
                f"{expected} clients are connected, and the count is {got}: several of them count "
                "as one, or it starts again with each of them. Count the sids. An address, or a "
                "name, can be that of several.",
                e.source.handler_of("connect"),
            )
        before = _told_last(e, finding.client)
        changed = len(newcomers) - len(left)
        gone = any(one.kind is Kind.LEFT for one in e.conversation.entries[: e.since])
        if got > expected and gone and before is not None and got - before == changed:
            return Mistake(
                "still-counted",
                f"this change is counted rightly, and the count was {before} before: somebody who "
                "had gone by then is still in it. One client that goes is one less.",
                e.source.handler_of("disconnect"),
            )
        if newcomers and not left and got == expected + 1 and expected > 1:
            return Mistake(
                "counted-twice",
                f"{newcomers[-1]} has connected once, and is counted twice. Count in the "
                'handler of "connect" alone.',
            )
        if left and not newcomers and got == expected + 1:
            return Mistake(
                "still-counted",
                f"{left[-1]} has gone, and is still in the count: it is emitted before it is "
                "made smaller, or never made smaller. Change it first, then emit it.",
                e.source.handler_of("disconnect"),
            )
        if left and not newcomers and got == expected - 1:
            return Mistake(
                "taken-off-twice",
                f"{left[-1]} has gone, and is taken off the count twice. One client that goes "
                "is one less.",
                e.source.handler_of("disconnect"),
            )
    return None


def _told_last(e: Evidence, client: str) -> int | None:
    """The count that a client heard last before the turn."""
    heard = e.conversation.heard(client, _COUNT, until=e.since)
    value = e.conversation.entries[heard[-1]].args[0] if heard else None
    return value if type(value) is int else None


def _newcomers(e: Evidence) -> list[str]:
    """The clients that connected in the turn, in order."""
    return [entry.client for entry in e.turn if entry.kind is Kind.CONNECTED]


def _acting(e: Evidence) -> int:
    return sum(entry.kind in (Kind.CONNECTED, Kind.LEFT) for entry in e.turn)


RULES = (not_the_newcomer, only_the_newcomer, off_by_one)
