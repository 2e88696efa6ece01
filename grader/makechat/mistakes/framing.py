"""Mistakes of step 1 that show in frames: masks, lengths, fragments, pings (RFC 6455)."""

import re
from typing import Any

from grader.clients import frames
from grader.clients.echo import PROBE
from grader.clients.line import BARRIER
from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.mistakes.closing import (
    another_close_code,
    close_answered_otherwise,
    heard_by,
    ill_frame_accepted,
    refused_though_right,
    utf8_not_checked,
)
from grader.report.result import Mistake

_LITTLE = re.compile("little|<[bBhHiIlLqQ]+")  # int.from_bytes, struct


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
        heard = [entry.args[0] for entry in e.turn if heard_by(entry, finding.client, "text")]
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
