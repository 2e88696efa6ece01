"""Mistakes of step 1 that show in closes: how one is answered, and what is refused (RFC 6455)."""

from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind
from grader.history.findings import Fault
from grader.report.result import Mistake

# What a code of a close says of what came (7.4.1).
_SAID = {
    1002: "what breaks the protocol",
    1003: "a kind of data that is not taken",
    1007: "a text that is not UTF-8",
    1009: "a message that is too big",
}
_UNMASKED = "not masked"  # how a check calls a frame without a mask
_ANSWERS = ("text", "binary", "pong")  # what comes back of what is taken


def close_answered_otherwise(e: Evidence) -> Mistake | None:
    """A close was answered by the end alone, by another code, or by no end."""
    act = e.act
    if not act or act.event != "close":
        return None
    missing = {finding.event for finding in e.of(Fault.MISSING)}
    if "close" in missing and e.of(Fault.LOST):
        return Mistake(
            "close-unanswered",
            "a close ends the connection at once. Answer it with a close first.",
        )
    if missing == {"end"}:
        return Mistake(
            "left-open",
            "the close is answered, and the connection stays open. It is the server that ends "
            "it: writer.close().",
        )
    for finding in e.of(Fault.DIFFERENT):
        ill = _has_ill_reason(act)
        if finding.event == "close" and finding.got == (1000,) != act.args[:1] and not ill:
            return Mistake(
                "always-1000",
                f"the close with {act.args[0]} is answered with 1000. The code to answer with "
                "is in the first two bytes of the payload that came.",
            )
    return None


def utf8_not_checked(e: Evidence) -> Mistake | None:
    """Bytes that are no text are taken for one."""
    act = e.act
    if not act or (not act.args and not act.event.startswith("text")):
        return None
    text = any("is not UTF-8" in finding.text for finding in e.of(Fault.MALFORMED))
    if text and act.event.endswith(_UNMASKED):
        return _mask_taken_off(act)
    reason = _has_ill_reason(act) and act.args[0] != 1000
    taken = [f for f in e.of(Fault.DIFFERENT) if f.event == "close" and f.got == act.args[:1]]
    if not text and not (reason and taken):
        return None
    what = "a text" if text else "the reason of a close"
    return Mistake(
        "utf8-not-checked",
        f"{what} has bytes that are not UTF-8, and they are taken as they come: decode() them, "
        "and close with 1007 where that fails.",
    )


def _mask_taken_off(act: Entry) -> Mistake:
    return Mistake(
        "ill-frame-accepted",
        f"{act.event}: the frame has no mask, and the server unmasks it anyway. Look at the "
        "mask bit, the highest of the second byte, first; without it close with 1002.",
    )


def another_close_code(e: Evidence) -> Mistake | None:
    """What is to be refused is refused, with the code for something else."""
    act = e.act
    for finding in e.of(Fault.DIFFERENT):
        if finding.event != "close" or not act or act.event == "close":
            continue
        expected, got = finding.expected, finding.got
        if got == (1000,) and expected and expected[0] in _SAID and "one byte" not in act.event:
            return Mistake(
                "always-1000",
                "it is closed with 1000, the code for a connection that has done its work. "
                f"This is {_SAID[expected[0]]}: {expected[0]}.",
            )
        if got == (1002,) and "fragments" in act.event:
            continue  # perhaps it is the fragments that are refused
        if got == (1007,) and act.event.endswith(_UNMASKED):
            return _mask_taken_off(act)
        if expected and got and expected[0] in _SAID and got[0] in _SAID:
            return Mistake(
                "another-close-code",
                f"it is refused with {got[0]}, the code for {_SAID[got[0]]}. "
                f"This is {_SAID[expected[0]]}: {expected[0]}.",
            )
    return None


def refused_though_right(e: Evidence) -> Mistake | None:
    """A message that breaks nothing is answered with a close that says it does."""
    for finding in e.of(Fault.MISSING):
        closed = [
            entry
            for entry in e.turn
            if heard_by(entry, finding.client, "close") and entry.args[:1] in ((1002,), (1003,))
        ]
        if finding.event in ("text", "binary", "pong") and closed:
            return Mistake(
                "refused-though-right",
                f"what came is right, and is refused with {closed[0].args[0]}, the code for "
                f"{_SAID[closed[0].args[0]]}: a condition takes in more than it should.",
            )
    return None


def ill_frame_accepted(e: Evidence) -> Mistake | None:
    """What breaks the protocol is taken as if it were right."""
    act = e.act
    for finding in e.of(Fault.MISSING):
        if finding.event != "close" or finding.expected != (1002,) or not act or act.args:
            continue
        if "fragment" in act.event or act.event.startswith("continuation"):
            continue  # each frame is right by itself
        if any(heard_by(entry, finding.client, one) for entry in e.turn for one in _ANSWERS):
            return Mistake(
                "ill-frame-accepted",
                f"{act.event}: that breaks the protocol, and it is answered as if it were right. "
                "Look at each frame's first two bytes before you read the rest.",
            )
    return None


def _has_ill_reason(act: Entry) -> bool:
    """Whether a close was sent whose reason is not UTF-8."""
    return act.event == "close" and len(act.args) > 1 and isinstance(act.args[1], bytes)


def heard_by(entry: Entry, client: str, event: str) -> bool:
    """Whether this is what a client heard."""
    return entry.kind is Kind.HEARD and entry.client == client and entry.event == event
