"""What a report says beside an entry of the history that is wrong."""

from collections.abc import Mapping

from grader.history.findings import Fault, Finding
from grader.history.values import show


def note_of(finding: Finding, names: Mapping[str, str]) -> str:
    """The note of a finding that an entry shows; `names` as `show` takes them."""
    if finding.fault is Fault.DIFFERENT:
        expected = show(finding.expected or (), names, finding.got or ())
        return f"should be {expected or 'without a payload'}"
    if finding.fault is Fault.LET_IN:
        return "is let in; should be refused" + (f": {finding.text}" if finding.text else "")
    return finding.text or "should not come"
