"""What clients have sent in the whole check, and the texts in it."""

from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind
from grader.history.values import text_of
from grader.report.result import Mistake, Where


def all_sent(e: Evidence, *events: str) -> list[Entry]:
    """The entries in which a client sends one of these events."""
    return [one for one in e.conversation.entries if one.kind is Kind.SENT and one.event in events]


def tidied(name: Any, other: Any) -> bool:
    """Whether two names differ in their capitals, or the spaces around them, alone."""
    if not (isinstance(name, str) and isinstance(other, str)) or name == other:
        return False
    return name.strip().casefold() == other.strip().casefold()


def changed(name: str, other: str, where: Where | None) -> Mistake:
    """A name comes as another one."""
    text = f"{text_of(name)} comes as {text_of(other)}. A name stays as it came."
    return Mistake("name-changed", text, where)


def first_alone(e: Evidence, event: str, client: str) -> Mistake:
    """The first event of a client is handled, and those after it are not."""
    return Mistake(
        "first-only",
        f'the first "{event}" of {client} is handled, and the second one is not. A handler has to '
        "do its work each time.",
        e.source.handler_of(event),
    )


def text_in(entry: Entry, key: str) -> str | None:
    """A text of the object that an entry has; None where there is none."""
    data = entry.args[0] if entry.args else None
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, str) else None
