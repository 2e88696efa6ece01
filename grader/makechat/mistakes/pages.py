"""Mistakes that show in a page: what it loads, sends and shows, against what it hears."""

import re
from urllib.parse import urlsplit

from grader.browser.sights import Seen
from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.mistakes.spelling import alike
from grader.report.result import Mistake, Where

_FILES = ("index.html", "index.js")
_IMPORT = "Cannot use import statement outside a module"


def script_not_there(e: Evidence) -> Mistake | None:
    """A script that the page names was not found."""
    for entry in e.conversation.entries:
        path = entry.event.removeprefix("GET ")
        if entry.kind is Kind.HTTP and entry.args == (404,) and path.endswith(".js"):
            file = path.removeprefix("/")
            if e.source.folder and ".." not in file and (e.source.folder / file).is_file():
                calls = e.source.calls("add_static")
                return Mistake(
                    "folder-not-served",
                    f"the page asks for {path}, and you have {file}, but the server does not find "
                    "it there. Which folder does it serve at /public/?",
                    calls[0] if calls else None,
                )
            return Mistake(
                "script-not-there",
                f"the page asks for {path}, and there is no such file. Yours is at "
                "/public/index.js, the shared ones are in /static/.",
                naming(e, path),
            )
    return None


def no_module(e: Evidence) -> Mistake | None:
    """The script imports something, and is no module."""
    if any(n.kind is Kind.CONSOLE and _IMPORT in n.event for n in e.conversation.entries):
        return Mistake(
            "no-module",
            'only a module can import: write <script type="module" src="/public/index.js">.',
            naming(e, "<script"),
        )
    return None


def other_server(e: Evidence) -> Mistake | None:
    """The page's socket goes to another address than the page's own."""
    for entry in e.conversation.entries:
        parts = urlsplit(entry.event)
        if entry.kind is Kind.BLOCKED and parts.path.startswith("/socket.io"):
            return Mistake(
                "other-server",
                f"the page connects to {parts.netloc}, wherever it came from. io() without an "
                "address connects to the server that the page came from.",
                naming(e, parts.netloc),
            )
    return None


def sent_by_the_browser(e: Evidence) -> Mistake | None:
    """The browser sent a form too: its fields, if there are any, stand after a `?`."""
    if any(n.kind is Kind.LOADED and "?" in n.event for n in e.turn):
        return Mistake(
            "sent-by-the-browser",
            "the browser sends the form as well, and loads the page again. "
            'event.preventDefault() in the handler of "submit" keeps it from that.',
        )
    return None


def misspelt_event(e: Evidence) -> Mistake | None:
    """A page sends an event whose name is nearly the one that was waited for."""
    pages = e.conversation.pages
    sent = [n.event for n in e.turn if n.kind is Kind.SENT and n.client in pages]
    for finding in e.of(Fault.MISSING):
        near = [event for event in sent if alike(event, finding.event)]
        if near and finding.event not in sent:
            return Mistake(
                "page-misspells-event",
                f'the page emits "{near[0]}", and the server listens to "{finding.event}".',
                naming(e, f'"{near[0]}"'),
            )
    return None


def became_markup(e: Evidence) -> Mistake | None:
    """Instead of a text with markup in it, the page shows what remains without the markup."""
    for finding in e.of(Fault.UNSEEN):
        text = "".join(map(str, finding.expected or ()))
        rest = [piece.strip() for piece in re.split("<[^>]*>", text) if piece.strip()]
        seen = Seen(texts=finding.got or ())
        if "<" in text and not seen.count(text) and all(map(seen.count, rest)):
            return Mistake(
                "became-markup",
                "what somebody has typed becomes elements of the page, and could run a script "
                "in it. Set textContent, or append() the text, instead of innerHTML.",
                naming(e, "innerHTML"),
            )
    return None


def shown_when_sent(e: Evidence) -> Mistake | None:
    """A page shows twice the one message that it has heard, which was its own.

    Of several, what is shown twice could also be a list that is built again and not emptied.
    """
    for finding in e.of(Fault.UNSEEN):
        mine = [n for n in e.conversation.entries if n.client == finding.client]
        heard = [n.args for n in mine if n.kind is Kind.HEARD and n.event == "new message"]
        sent = [n.args for n in mine if n.kind is Kind.SENT and n.event == "new message"]
        text = "".join(map(str, finding.expected or ()))
        twice = Seen(texts=finding.got or ()).count(text) == 2
        if text and twice and sent == heard and len(heard) == 1:
            return Mistake(
                "shown-when-sent",
                "the message has come once and is shown twice. Its sender hears it too: show "
                "it when it comes, and not when it is sent as well.",
            )
    return None


def naming(e: Evidence, text: str) -> Where | None:
    """The one line of the page's own files that has the text."""
    if e.source.folder is None:
        return None
    found = []
    for name in _FILES:
        file = e.source.folder / "public" / name
        if file.is_file():
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [Where(f"public/{name}", i) for i, line in enumerate(lines, 1) if text in line]
    return found[0] if len(found) == 1 else None


RULES = (
    script_not_there,
    no_module,
    other_server,
    sent_by_the_browser,
    misspelt_event,
    became_markup,
    shown_when_sent,
)
