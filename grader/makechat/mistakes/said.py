"""What clients have sent in the whole check, and the texts in it."""

from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind


def all_sent(e: Evidence, *events: str) -> list[Entry]:
    """The entries in which a client sends one of these events."""
    return [one for one in e.conversation.entries if one.kind is Kind.SENT and one.event in events]


def text_in(entry: Entry, key: str) -> str | None:
    """A text of the object that an entry has; None where there is none."""
    data = entry.args[0] if entry.args else None
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, str) else None
