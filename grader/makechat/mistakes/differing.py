"""What a finding's payload differs in: what every rule about payloads asks first."""

from collections.abc import Iterator
from dataclasses import replace

from grader.explaining.evidence import Evidence, handled
from grader.history.findings import Fault, Finding
from grader.history.values import same
from grader.report.result import Where


def differing(e: Evidence) -> list[Finding]:
    """The findings of a payload that came in the place of the expected one."""
    found = [f for f in e.of(Fault.DIFFERENT) if f.expected is not None and f.got is not None]
    return found or [*_instead(e)]


def _instead(e: Evidence) -> Iterator[Finding]:
    """What did not come, where something else came of the event, and always the same."""
    for finding in e.of(Fault.MISSING):
        heard = e.heard_of(finding)
        if heard and finding.expected and all(same(one, heard[0]) for one in heard):
            yield replace(finding, fault=Fault.DIFFERENT, got=heard[0])


def emitted_at(e: Evidence, finding: Finding) -> Where | None:
    """Where the server emits the event of a finding, if it is in one place only."""
    emits = e.source.emitting(finding.event, handling=handled(e.act) if e.act else "")
    return emits[0].where if len(emits) == 1 else None
