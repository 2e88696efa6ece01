"""Findings: the facts that fail a check, which `explain` puts in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.history.conversation import Kind, Payload


class Fault(StrEnum):
    """What kind of thing a finding is."""

    MISSING = "missing"  # did not come within the patience
    DIFFERENT = "different"  # came with another payload
    SURPLUS = "surplus"  # should not have come, or not again
    UNPRINTED = "unprinted"  # no line of the output has the text
    MISCOUNTED = "miscounted"  # more or fewer lines of the output have the text
    REFUSED = "refused"  # a client could not connect
    LET_IN = "let in"  # a client could connect that must not
    UNEXPLAINED = "unexplained"  # a client was refused, but not by a connect_error with a message
    KEPT = "kept"  # a client's connection should have been ended by the server
    COSTLY = "costly"  # the server asks its database for more than it should
    LOST = "lost"  # a client's connection ended
    ANSWERED = "answered"  # a request got another answer than it should
    UNANSWERED = "unanswered"  # a request got none
    MALFORMED = "malformed"  # what came breaks the protocol
    UNSEEN = "unseen"  # a page does not show what it should
    UNABLE = "unable"  # a page's user cannot do something with it
    SILENT = "silent"  # the server does not answer anything any more
    ENDED = "ended"  # the server's process ended
    FLOODED = "flooded"  # the server printed without end
    NOT_READY = "not ready"  # the server never came to listen
    TOO_LONG = "too long"  # the check's own deadline passed


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact that fails a check. `entry` is where in the history it stands, if anywhere."""

    fault: Fault
    client: str = ""
    event: str = ""
    expected: Payload | None = None
    got: Payload | None = None
    entry: int | None = None
    text: str = ""
    should: str = ""  # of a page: what it should do, or what its user tries
    about: tuple[str, ...] = ()  # the events that it may come from
    kind: Kind = Kind.HEARD  # what is awaited of the event: ACKED for its acknowledgement


class CheckFailed(Exception):  # noqa: N818 - it is a verdict, not an error
    """An expectation failed: its findings, and where in the history its turn began."""

    def __init__(self, findings: Iterable[Finding], since: int = 0) -> None:
        self.findings = tuple(findings)
        self.since = since
        self.pictures: list[Path] = []  # of the pages as they were then
        super().__init__(", ".join(f"{f.fault} {f.client} {f.event}" for f in self.findings))
