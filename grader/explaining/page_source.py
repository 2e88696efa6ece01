"""A page's own scripts, read to point at a line: what they listen to, and what they emit."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from grader.explaining.files import texts
from grader.explaining.tokens import Token, tokens
from grader.report.result import Where

_FOLDER = "public"
_LISTENS = ("on", "once", "addEventListener")
_LISTENS_TO_ALL = ("onAny", "prependAny")
_EMITS = ("emit", "emitWithAck")
_DOTS = (".", "?.")


@dataclass
class PageSource:
    """The calls of a page's scripts that name an event.

    `unread`: there is one whose event is no text that stands there, or a script that is not read,
    so it may be any. `inputs` are the attributes of each <input>.
    """

    listeners: list[tuple[str, Where]] = field(default_factory=list)
    emits: list[tuple[str, Where]] = field(default_factory=list)
    unread: bool = False
    inputs: list[dict[str, str | None]] = field(default_factory=list)
    elsewhere: list[tuple[str, Where]] = field(default_factory=list)  # scripts of another host

    def listening_to(self, event: str) -> Where | None:
        """Where the page listens to the event, if it is in one place only."""
        return _only(self.listeners, event)

    def emitting(self, event: str) -> Where | None:
        """Where the page emits the event, if it is in one place only."""
        return _only(self.emits, event)


def page_source(folder: Path | None) -> PageSource:
    """What the files of the submission's page have; nothing where there is no submission."""
    found, read = PageSource(), set()
    for name, data in texts(folder and folder / _FOLDER, ".js", ".mjs", ".html"):
        read.add(name)
        text, file = data.decode(errors="replace"), f"{_FOLDER}/{name}"
        if not name.endswith(".html"):
            _read(found, file, 1, text)
            continue
        html = _Html(text)
        found.inputs += html.inputs
        found.elsewhere += [(url, Where(file, line)) for url, line in html.elsewhere]
        found.listeners += [(event, Where(file, line)) for event, line in html.handlers]
        for line, script in html.scripts:
            _read(found, file, line, script)
    found.unread |= folder is not None and not read.issuperset(_scripts(folder / _FOLDER))
    return found


def _scripts(folder: Path) -> Iterator[str]:
    """The scripts in a folder, those that are too large or too deep to be read among them."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "node_modules"]
        for name in names:
            if name.endswith((".js", ".mjs")):
                yield Path(place, name).relative_to(folder).as_posix()


def _read(found: PageSource, file: str, first: int, script: str) -> None:
    """Add what a script has whose first line is that line of the file."""
    cut = [*tokens(script), *[Token("sign", "", 0)] * 3]
    for dot, name, sign, value in zip(cut, cut[1:], cut[2:], cut[3:], strict=False):
        if dot.code not in _DOTS or name.kind != "name":
            continue
        where = Where(file, first + name.line - 1)
        if sign.code == "(" and name.code in (*_LISTENS, *_EMITS):
            if value.kind == "text" and "${" not in value.code:
                kept = found.emits if name.code in _EMITS else found.listeners
                kept.append((value.text, where))
            else:
                found.unread = True
        elif sign.code == "(" and name.code in _LISTENS_TO_ALL:
            found.unread = True
        elif sign.code == "=" and name.code.startswith("on"):  # form.onsubmit = …
            found.listeners.append((name.code.removeprefix("on"), where))


class _Html(HTMLParser):
    """The scripts of an HTML file, and the events for which an element has a handler, each with
    its line; its inputs; and the URLs of scripts that another host has.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[int, str]] = []
        self.handlers: list[tuple[str, int]] = []
        self.inputs: list[dict[str, str | None]] = []
        self.elsewhere: list[tuple[str, int]] = []
        self._is_script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_script = tag == "script"
        source = dict(attrs).get("src") or ""
        if tag == "script" and urlsplit(source).netloc:
            self.elsewhere.append((source, self.getpos()[0]))
        if tag == "input":
            self.inputs.append(dict(attrs))
        written = (self.get_starttag_text() or "").lower()
        for name, value in attrs:
            if name.startswith("on") and name[2:].isalpha():
                line = self.getpos()[0] + written[: written.find(name)].count("\n")
                self.handlers.append((name[2:], line))
                self.scripts.append((line, value or ""))

    def handle_endtag(self, tag: str) -> None:
        self._is_script = False

    def handle_data(self, data: str) -> None:
        if self._is_script:
            self.scripts.append((self.getpos()[0], data))


def _only(calls: list[tuple[str, Where]], event: str) -> Where | None:
    found = [where for name, where in calls if name == event]
    return found[0] if len(found) == 1 else None
