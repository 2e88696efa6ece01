"""Mistakes of step 1 that show in the answer to the upgrade, or in none (RFC 6455, 4)."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from grader.clients import frames
from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind
from grader.history.findings import Fault, Finding
from grader.report.result import Mistake

_ACCEPT = "sec-websocket-accept"

# What may have been made of the key, and what to say of it.
_ACCEPTS: tuple[tuple[str, Callable[[str], str], str], ...] = (
    (
        "accept-in-hex",
        lambda key: base64.b64encode(_sha1(key + frames.GUID).hex().encode()).decode(),
        "the accept is base64 of hexdigest(), which is 40 letters. It is to be base64 of the 20 "
        "bytes themselves: digest().",
    ),
    (
        "accept-in-hex",
        lambda key: _sha1(key + frames.GUID).hex(),
        "the accept is the digest in hexadecimal. It is to be base64 of the 20 bytes of digest().",
    ),
    (
        "guid-missing",
        lambda key: base64.b64encode(_sha1(key)).decode(),
        "the accept is made of the key alone. The GUID is joined to the key before the digest.",
    ),
    (
        "key-decoded",
        lambda key: base64.b64encode(
            hashlib.sha1(base64.b64decode(key) + frames.GUID.encode()).digest()
        ).decode(),
        "the key is decoded from base64 before the GUID is joined to it. The accept is made of "
        "the key's text, just as it came.",
    ),
    (
        "bytes-as-text",
        lambda key: str(frames.accept_of(key).encode()),
        "the accept is right, and stands between b' and '. That is how Python shows bytes: turn "
        "them into text with .decode() before you put them into one.",
    ),
)


def another_accept(e: Evidence) -> Mistake | None:
    """The accept was made of the key in a way that is known."""
    for finding in e.of(Fault.DIFFERENT):
        asked, got = _request(e, finding), _headers(finding)
        if not asked or _ACCEPT not in got:
            continue
        key = asked["sec-websocket-key"]
        for name, made, text in _ACCEPTS:
            if got[_ACCEPT] == made(key):
                return Mistake(name, text)
        if key != frames.SAMPLE_KEY and got[_ACCEPT] == frames.accept_of(frames.SAMPLE_KEY):
            return Mistake(
                "accept-of-the-example",
                "the accept is that of the RFC's own example, whatever the key. Make it of the "
                "key that came.",
            )
    return None


def ill_head(e: Evidence) -> Mistake | None:
    """The lines of the answer do not end as lines of HTTP do."""
    for finding in e.of(Fault.MALFORMED):
        if finding.text == frames.BARE_NEWLINES:
            return Mistake(
                "bare-newlines",
                'the lines of the answer end with "\\n". Those of HTTP end with "\\r\\n".',
            )
        if finding.text == frames.NO_BLANK_LINE and "HTTP/1.1 101" in str(finding.got):
            return Mistake(
                "no-blank-line",
                "the blank line is missing: the answer's last header ends with \\r\\n, and then "
                "comes another \\r\\n. The client waits for it.",
            )
    return None


def compared_with_case(e: Evidence) -> Mistake | None:
    """A valid upgrade in capitals is none to the server."""
    for finding in e.of(Fault.DIFFERENT):
        act = _act(e, finding)
        if act and finding.event == "response" and all(map(str.isupper, act.args[0])):
            return Mistake(
                "compared-with-case",
                "the upgrade is valid, and written in capitals. The names of headers, and the "
                "tokens of Upgrade and Connection, are the same in any case.",
            )
    return None


def part_of_a_head(e: Evidence) -> Mistake | None:
    """A valid upgrade in several packets was answered as if its first were all."""
    for finding in e.of(Fault.DIFFERENT):
        act = _act(e, finding)
        if act and finding.event == "response" and act.event.endswith(" packets"):
            return Mistake(
                "part-of-a-head",
                "it answers what one read has given, and that is only a part of the head. Read "
                "until the blank line has come.",
            )
    return None


def one_at_a_time(e: Evidence) -> Mistake | None:
    """A client that comes while another one is connected waits."""
    for finding in e.of(Fault.MISSING):
        others = e.present - {finding.client}
        if finding.event == "response" and others:
            return Mistake(
                "one-at-a-time",
                f"{finding.client} is not answered while {min(others)} is connected: the server "
                "talks to one client until that one goes, and only then to the next.",
            )
    return None


def _sha1(text: str) -> bytes:
    return hashlib.sha1(text.encode()).digest()


def _act(e: Evidence, finding: Finding) -> Entry | None:
    """The valid upgrade that the finding's client sent in the turn, if it did."""
    for entry in e.turn:
        if entry.kind is Kind.SENT and entry.client == finding.client and entry.args:
            first, expected = entry.args[0], finding.expected
            if isinstance(first, dict) and expected and expected[0] == 101:
                return entry
    return None


def _request(e: Evidence, finding: Finding) -> dict[str, str]:
    """The headers of that upgrade, their names in lower case."""
    act = _act(e, finding)
    return {name.lower(): value for name, value in act.args[0].items()} if act else {}


def _headers(finding: Finding) -> dict[str, Any]:
    """The headers of the response that came, their names in lower case."""
    if finding.event != "response" or not finding.got:
        return {}
    return {name.lower(): value for name, value in finding.got[1].items()}


RULES = (
    ill_head,
    another_accept,
    compared_with_case,
    part_of_a_head,
    one_at_a_time,
)
