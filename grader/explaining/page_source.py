"""A page's own scripts, read to point at a line: what they listen to, and what they emit."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from grader.explaining.files import texts
from grader.report.result import Where

_FOLDER = "public"
_CALL = re.compile(r"""[.](on|once|addEventListener|emit|emitWithAck)\(\s*(?:(["'`])(.+?)\2)?""")
_EMITS = ("emit", "emitWithAck")
_SET = re.compile(r"""[.\s]on([a-z]+)\s*=(?!=)""")  # form.onsubmit = …, <form onsubmit="…">


@dataclass
class PageSource:
    """The calls of a page's scripts that name an event.

    `unread`: there is one whose event is no text that stands there, so it may be any.
    """

    listeners: list[tuple[str, Where]] = field(default_factory=list)
    emits: list[tuple[str, Where]] = field(default_factory=list)
    unread: bool = False

    def listening_to(self, event: str) -> Where | None:
        """Where the page listens to the event, if it is in one place only."""
        return _only(self.listeners, event)

    def emitting(self, event: str) -> Where | None:
        """Where the page emits the event, if it is in one place only."""
        return _only(self.emits, event)


def page_source(folder: Path | None) -> PageSource:
    """What the files of the submission's page have; nothing where there is no submission."""
    found = PageSource()
    for name, data in texts(folder and folder / _FOLDER, ".js", ".mjs", ".html"):
        text = data.decode(errors="replace")
        for match in _CALL.finditer(text):
            where = Where(f"{_FOLDER}/{name}", text.count("\n", 0, match.start()) + 1)
            kept = found.emits if match[1] in _EMITS else found.listeners
            if match[3] is None:
                found.unread = True
            else:
                kept.append((match[3], where))
        for match in _SET.finditer(text):
            where = Where(f"{_FOLDER}/{name}", text.count("\n", 0, match.start()) + 1)
            found.listeners.append((match[1], where))
    return found


def _only(calls: list[tuple[str, Where]], event: str) -> Where | None:
    found = [where for name, where in calls if name == event]
    return found[0] if len(found) == 1 else None
