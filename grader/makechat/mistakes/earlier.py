"""Mistakes of time: what comes is of an earlier message, or overtakes one."""

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind, Payload
from grader.history.findings import Fault, Finding
from grader.history.values import same
from grader.makechat.mistakes.differing import differing, emitted_at
from grader.report.result import Mistake


def out_of_order(e: Evidence) -> Mistake | None:
    """What came is right, and came too early."""
    sent = [one.args for one in e.turn if one.kind is Kind.SENT]
    for finding in e.of(Fault.DIFFERENT):
        if not any(same(args, finding.expected) for args in e.heard_of(finding)):
            continue  # it is lost, and not late
        if sum(same(args, finding.got) for args in sent) == 1 and len(sent) > 1:
            return Mistake(
                "out-of-order",
                "messages overtake one another: something holds one back while the next goes out.",
            )
    return None


def from_before(e: Evidence) -> Mistake | None:
    """Messages that were sent before the client connected."""
    entries = e.conversation.entries
    for finding in e.of(Fault.DIFFERENT, Fault.SURPLUS):
        connected = [
            i
            for i, one in enumerate(entries)
            if one.kind is Kind.CONNECTED and one.client == finding.client
        ]
        old = entries[: connected[-1]] if connected else []
        if finding.event == "new message" and any(
            one.kind is Kind.SENT and same(one.args, finding.got) for one in old
        ):
            return Mistake(
                "old-messages",
                f"messages are kept and sent to those who come later. {finding.client} was not "
                "there when this one was sent.",
            )
    act = e.act
    if not act or act.kind is not Kind.SENT or e.traces:
        return None
    now = [one.args for one in e.turn if one.kind is Kind.SENT and one.event == act.event]
    before = entries[: e.since]
    earlier = [one for one in before if one.kind in (Kind.SENT, Kind.HEARD)]
    told = [one for one in before if one.kind is Kind.HEARD]  # what came late was not told yet
    if any(one.event == act.event and same(one.args, sent) for one in earlier for sent in now):
        return None  # the same was said before: what is made of it now is what was then
    for finding in differing(e):
        came = any(one.event == finding.event and same(one.args, finding.got) for one in told)
        came = came and bool(_values(finding.got) - _values(finding.expected))
        if came and len(now) == 1 and _handed_on(now[0], finding) and not same(now[0], finding.got):
            return Mistake(
                "kept-from-before",
                "it is what came the last time: the handler keeps it, and sends that instead of "
                "what has come now.",
                emitted_at(e, finding),
            )
    return None


def _values(payload: object) -> set[str]:
    """All that stands in a payload, at any depth, as text."""
    if isinstance(payload, (list, tuple)):
        return {text for one in payload for text in _values(one)}
    if isinstance(payload, dict):
        return {text for one in payload.values() for text in _values(one)}
    return set() if payload is None else {str(payload)}


def _handed_on(sent: Payload, finding: Finding) -> bool:
    """Whether what should come is what was sent, or an object with a text of it, which what came
    has not.
    """
    expected = finding.expected
    if not sent or not expected or same(sent, expected):
        return bool(sent and expected)
    texts = sent[0].values() if isinstance(sent[0], dict) else sent
    values, came = (
        [*payload[0].values()] if payload and isinstance(payload[0], dict) else []
        for payload in (expected, finding.got)
    )
    return any(isinstance(one, str) and one in values and one not in came for one in texts)
