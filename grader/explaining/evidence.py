"""What is known of a failed check: its findings, the history, the output, where to look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from grader.explaining import tracebacks
from grader.explaining.frames import Trace
from grader.explaining.source import Source
from grader.explaining.vocabulary import EMPTY, Vocabulary
from grader.history.conversation import ACTS, Conversation, Entry, Kind, Payload
from grader.history.findings import Fault, Finding


@dataclass(frozen=True)
class Evidence:
    """Facts for `explain` and `mistakes`; `since` is where the failed turn begins.

    `exit_code` is set where the server ended by itself; `patience` is in seconds; `pictures` are
    files that show the pages; the last `parting` lines were printed while the clients left, once
    the verdict was known.
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
    parting: int = 0
    left_out: frozenset[Trace] = frozenset()

    @cached_property
    def traces(self) -> list[Trace]:
        """The tracebacks that the server printed, those of the failed act's handler first.

        Those that are `left_out` are not among them.
        """
        found = [one for one in self._printed_traces if one not in self.left_out]
        of_the_act = handled(self.act) if self.act else ""
        return sorted(found, key=lambda one: of_the_act not in self.handlers_of(one))

    @cached_property
    def elsewhere(self) -> frozenset[Trace]:
        """The tracebacks of handlers for which nothing was done in the failed turn, or that went on
        and emitted: then it was another call that stopped.
        """
        events = {handled(entry) for entry in self.turn}
        return frozenset(
            one
            for one in self._printed_traces
            if (handlers := self.handlers_of(one)) and not (handlers & events and self._ends(one))
        )

    def _ends(self, trace: Trace) -> bool:
        """Whether nothing has come that is emitted below the place where a handler stopped.

        Where it was called once in the turn, what anybody has heard tells that it went on.
        """
        came = {finding.event for finding in self.of(Fault.DIFFERENT)}
        calls = [handled(entry) for entry in self.turn]
        if all(calls.count(event) == 1 for event in self.handlers_of(trace)):
            came |= {entry.event for entry in self.turn if entry.kind is Kind.HEARD}
        stopped = {(one.where.file, one.function): one.where.line for one in trace.frames}
        return not any(
            emit.event in came
            and emit.where.line > stopped.get((emit.where.file, emit.function), emit.where.line)
            for emit in self.source.emits
        )

    def without(self, traces: frozenset[Trace]) -> "Evidence":
        """The same evidence, as if the server had not printed these tracebacks."""
        return replace(self, left_out=traces)

    @cached_property
    def _printed_traces(self) -> list[Trace]:
        """All but those of a departure that the grader brought about when it was done."""
        folder = self.source.folder
        found = tracebacks.tracebacks(self.printed, folder)
        judged = self.printed[: len(self.printed) - self.parting]
        before = tracebacks.tracebacks(judged, folder) if self.parting else found
        return [one for one in found if one in before or "disconnect" not in self.handlers_of(one)]

    def handlers_of(self, trace: Trace) -> set[str]:
        """The events whose handlers a traceback goes through."""
        functions = {(frame.where.file, frame.function) for frame in trace.frames}
        return {
            one.event
            for one in self.source.listeners
            if (one.where.file, one.function) in functions
        }

    @property
    def told(self) -> list[tuple[int, Entry]]:
        """The entries, each with where it is, that a reader is told of; no call twice."""
        repeated = self.conversation.repeated
        return [(i, e) for i, e in enumerate(self.conversation.entries) if i not in repeated]

    @property
    def turn(self) -> list[Entry]:
        """The entries of the failed turn."""
        return self.conversation.entries[self.since :]

    def of(self, *faults: Fault) -> list[Finding]:
        """The findings of these kinds."""
        return [finding for finding in self.findings if finding.fault in faults]

    def about(self, event: str, *faults: Fault) -> list[Finding]:
        """Those of them that are about an event."""
        return [finding for finding in self.of(*faults) if finding.event == event]

    @property
    def act(self) -> Entry | None:
        """What a client did in the turn: what the findings' event answers, or else the last."""
        events = {finding.event for finding in self.findings}
        asked = self.vocabulary.asked - events  # what a page sends by itself tells nothing
        acts = [e for e in self.turn if e.kind in ACTS and e.event not in asked]
        acts = [e for e in acts if e.event in events] or acts
        return acts[-1] if acts else None

    def came(self, *findings: Finding) -> list[str]:
        """The events that findings are about which their clients have heard in the turn, or else
        before: in which turn a page hears what came just before one, no one can say.
        """
        for entries in (self.turn, self.conversation.entries):
            heard = {(e.client, e.event) for e in entries if e.kind is Kind.HEARD}
            came = [event for f in findings for event in f.about if (f.client, event) in heard]
            if came:
                return came
        return []

    def heard_of(self, finding: Finding) -> list[Payload]:
        """What a finding's client has heard of its event in the turn."""
        heard = self.conversation.heard(finding.client, finding.event, self.since)
        return [self.conversation.entries[i].args for i in heard]

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


def handled(entry: Entry) -> str:
    """The event whose handler runs for what a client does; "" where none does."""
    if entry.kind in (Kind.LEFT, Kind.LOST):
        return "disconnect"
    if entry.kind in (Kind.CONNECTED, Kind.REFUSED):
        return "connect"
    return entry.event if entry.kind is Kind.SENT else ""
