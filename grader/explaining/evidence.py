"""What is known of a failed check: its findings, the history, the output, where to look."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.explaining import tracebacks
from grader.explaining.frames import Trace
from grader.explaining.source import Source
from grader.explaining.vocabulary import EMPTY, Vocabulary
from grader.history.conversation import ACTS, Conversation, Entry, Kind
from grader.history.findings import Fault, Finding


@dataclass(frozen=True)
class Evidence:
    """Facts for `explain` and `mistakes`; `since` is where the failed turn begins.

    `exit_code` is set where the server ended by itself; `patience` is in seconds; `pictures` are
    files that show the pages.
    """

    findings: Sequence[Finding]
    conversation: Conversation
    since: int
    printed: tuple[str, ...]
    exit_code: int | None
    source: Source
    patience: float
    vocabulary: Vocabulary = EMPTY
    pictures: tuple[str, ...] = ()

    @cached_property
    def traces(self) -> list[Trace]:
        """The tracebacks that the server printed."""
        return tracebacks.tracebacks(self.printed, self.source.folder)

    @property
    def turn(self) -> list[Entry]:
        """The entries of the failed turn."""
        return self.conversation.entries[self.since :]

    def of(self, *faults: Fault) -> list[Finding]:
        """The findings of these kinds."""
        return [finding for finding in self.findings if finding.fault in faults]

    @property
    def act(self) -> Entry | None:
        """What a client did in the turn: what the findings' event answers, or else the last."""
        acts = [e for e in self.turn if e.kind in ACTS]
        events = {finding.event for finding in self.findings}
        acts = [e for e in acts if e.event in events] or acts
        return acts[-1] if acts else None

    def hearers(self, event: str) -> set[str]:
        """The clients that heard the event in the turn."""
        return {e.client for e in self.turn if e.kind is Kind.HEARD and e.event == event}

    @property
    def present(self) -> set[str]:
        """The clients that were connected at the end of the turn."""
        here: set[str] = set()
        for entry in self.conversation.entries:
            if entry.kind is Kind.CONNECTED:
                here.add(entry.client)
            elif entry.kind in (Kind.LEFT, Kind.LOST):
                here.discard(entry.client)
        return here

    @property
    def joined(self) -> list[str]:
        """The clients that joined, in order, without those that left before the turn."""
        names: list[str] = []
        for i, entry in enumerate(self.conversation.entries):
            if entry.kind is Kind.SENT and entry.event == self.vocabulary.joined:
                names.append(entry.client)
            elif entry.kind is Kind.LEFT and i < self.since and entry.client in names:
                names.remove(entry.client)
        return names
