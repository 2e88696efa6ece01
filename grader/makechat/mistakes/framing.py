"""Mistakes of step 1 that show in frames: masks, lengths, fragments, pings, closes (RFC 6455)."""

import re
from typing import Any

from grader.clients import frames
from grader.clients.echo import PROBE
from grader.clients.line import BARRIER
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
_LITTLE = re.compile("little|<[bBhHiIlLqQ]+")  # int.from_bytes, struct
_UNMASKED = "not masked"  # how a check calls a frame without a mask
_ANSWERS = ("text", "binary", "pong")  # what comes back of what is taken


def answer_masked(e: Evidence) -> Mistake | None:
    """The server masks."""
    if any(finding.text == frames.MASKED for finding in e.of(Fault.MALFORMED)):
        return Mistake(
            "answer-masked",
            "the answer is masked, with its mask bit set. Only what a client sends is masked.",
        )
    return None


def mask_not_removed(e: Evidence) -> Mistake | None:
    """What came back is what was sent, masked with one key of four bytes."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.event == "text" and finding.expected and finding.got:
            sent, got = str(finding.expected[0]).encode(), str(finding.got[0]).encode()
            if len(sent) == len(got) and len(sent) >= 12:
                key = frames.mask(sent[:4], got[:4])
                if any(key) and frames.mask(got, key) == sent:
                    return Mistake(
                        "mask-not-removed",
                        "what comes back is the payload as it was sent, still masked. Each byte "
                        "has to be unmasked: payload[i] ^ key[i % 4].",
                    )
    return None


def length_of_the_answer(e: Evidence) -> Mistake | None:
    """The length of the frame that came is that of the text, in another form."""
    for entry in e.turn:
        act = e.act
        if entry.kind is not Kind.MALFORMED or not act or act.event not in ("text", "binary"):
            continue
        said, data = act.args[0], entry.args[1]
        payload = said if isinstance(said, bytes) else str(said).encode()
        size = {126: 2, 127: 8}.get(data[1] if len(data) > 1 else 0)
        if not size:
            continue
        if int.from_bytes(data[2 : 2 + size], "little") == len(payload):
            return Mistake(
                "length-byte-order",
                "the bytes of the length come in the wrong order. On the wire the highest is the "
                'first: "big", or ">" and "!" with struct.',
            )
        if len(payload) == data[1] and payload.startswith(data[2:30]):
            return Mistake(
                "length-in-one-byte",
                f"the length {data[1]} stands in the frame's second byte, where it does not mean "
                "a length: there 126 and 127 say that the length follows, in 2 or in 8 bytes.",
            )
    return None


def read_backwards(e: Evidence) -> Mistake | None:
    """What has a length, or a code, of two bytes is not understood, and the source says why."""
    act = e.act
    backwards = any(_LITTLE.fullmatch(text) for text in e.source.literals)
    if backwards and act and act.event in ("text", "binary", "close") and act.args:
        return Mistake(
            "length-byte-order",
            "the bytes of a number are taken in the wrong order. On the wire the highest is the "
            'first: "big", or ">" and "!" with struct.',
        )
    return None


def length_in_long_form(e: Evidence) -> Mistake | None:
    """A length stands in two bytes, or in eight, that fits into fewer."""
    if any(finding.text == frames.LONG_FORM for finding in e.of(Fault.MALFORMED)):
        return Mistake(
            "length-in-long-form",
            "a length has one form alone, the shortest: up to 125 in the second byte itself, from "
            "126 on in 2 bytes more, and from 65,536 on in 8.",
        )
    return None


def buffer_not_emptied(e: Evidence) -> Mistake | None:
    """A text came back with others before it that had come back already."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.event != "text" or not finding.expected or not finding.got:
            continue
        expected, got = str(finding.expected[0]), str(finding.got[0])
        before = got.removesuffix(expected)
        if before != got and before.startswith((BARRIER, *_texts(e, finding.client))):
            probe = PROBE.search(before)
            ours = f" (“{probe[0]}” is one of the grader's own, sent in between)" if probe else ""
            return Mistake(
                "buffer-not-emptied",
                f"the answer begins with texts that came before{ours}. Each message begins with "
                "an empty buffer.",
            )
    return None


def each_fragment(e: Evidence) -> Mistake | None:
    """Each fragment came back by itself."""
    for finding in e.of(Fault.DIFFERENT):
        sent = _fragments(e, finding.client)
        heard = [entry.args[0] for entry in e.turn if _heard(entry, finding.client, "text")]
        if len(sent) > 1 and heard == sent:
            return Mistake(
                "each-fragment",
                "each fragment comes back as a message of its own. Only the one with FIN, the "
                "first bit of a frame, ends the message.",
            )
    return None


def ping_answered_otherwise(e: Evidence) -> Mistake | None:
    """A ping was answered, and not by a pong; or by nothing."""
    for finding in e.of(Fault.SURPLUS, Fault.MISSING):
        act = e.act
        if not act or act.event != "ping" or finding.event not in ("ping", "pong"):
            continue
        heard = [entry for entry in e.turn if entry.kind is Kind.HEARD]
        if any(entry.event == "ping" and entry.args == act.args for entry in heard):
            return Mistake(
                "ping-with-ping",
                "a ping is answered by a ping. The opcode of the answer, a pong, is 10.",
            )
        said = str(act.args[0]).encode()
        if any(entry.event == "text" and entry.args == act.args for entry in heard):
            return Mistake(
                "opcode-not-looked-at",
                "a ping comes back as a text. The opcode says what a frame is: the last four "
                "bits of its first byte.",
            )
        if any(entry.event == "binary" and entry.args == (said,) for entry in heard):
            return Mistake(
                "opcode-not-looked-at",
                "a ping comes back as a binary message. The opcode of the answer, a pong, is 10.",
            )
        if not heard and not e.of(Fault.LOST, Fault.ENDED, Fault.MALFORMED):
            return Mistake("ping-unanswered", "nothing answers a ping: its opcode is 9.")
    return None


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
        f"{act.event}: a mask is taken off that it has not. Look at the mask bit, the highest of "
        "the second byte, before you read the rest; without it close with 1002.",
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
            if _heard(entry, finding.client, "close") and entry.args[:1] in ((1002,), (1003,))
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
        if any(_heard(entry, finding.client, one) for entry in e.turn for one in _ANSWERS):
            return Mistake(
                "ill-frame-accepted",
                f"{act.event}: that breaks the protocol, and it is answered as if it were right. "
                "Look at each frame's first two bytes before you read the rest.",
            )
    return None


def told_to_others(e: Evidence) -> Mistake | None:
    """What one client sent came to another."""
    for finding in e.of(Fault.SURPLUS, Fault.DIFFERENT):
        for other in e.present - {finding.client}:
            if finding.event == "text" and finding.got == ("".join(_fragments(e, other)),):
                return Mistake(
                    "told-to-others",
                    f"what {other} sends comes to {finding.client}. Here each client is answered "
                    "for itself: write to the writer of its own connection.",
                )
    return None


def _has_ill_reason(act: Entry) -> bool:
    """Whether a close was sent whose reason is not UTF-8."""
    return act.event == "close" and len(act.args) > 1 and isinstance(act.args[1], bytes)


def _texts(e: Evidence, client: str) -> tuple[str, ...]:
    """The texts that the client sent in one frame, up to now."""
    return tuple(
        str(entry.args[0])
        for entry in e.conversation.entries
        if entry.kind is Kind.SENT and entry.client == client and entry.event == "text"
        if entry.args[0]
    )


def _fragments(e: Evidence, client: str) -> list[Any]:
    """What the client sent in the turn, each fragment of a text."""
    return [
        entry.args[0]
        for entry in e.turn
        if entry.kind is Kind.SENT
        and entry.client == client
        and entry.event.startswith("text, fragment ")
    ]


def _heard(entry: Entry, client: str, event: str) -> bool:
    return entry.kind is Kind.HEARD and entry.client == client and entry.event == event


RULES = (
    answer_masked,
    mask_not_removed,
    length_of_the_answer,
    read_backwards,
    length_in_long_form,
    buffer_not_emptied,
    each_fragment,
    ping_answered_otherwise,
    close_answered_otherwise,
    utf8_not_checked,
    another_close_code,
    refused_though_right,
    ill_frame_accepted,
    told_to_others,
)
