"""Mistakes that show in a page: what it loads, sends and shows, against what it hears."""

import html
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from grader.browser.page import OFFLINE
from grader.browser.sights import Seen
from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind
from grader.history.findings import Fault
from grader.makechat.mistakes import submitting
from grader.makechat.mistakes.forms import FORMS
from grader.makechat.mistakes.page_files import SOCKET, naming, text_of_page
from grader.makechat.mistakes.spelling import alike, meant
from grader.report.result import Mistake, Where

_MARKUP = ("innerHTML", "outerHTML", "insertAdjacentHTML", ".html(", "HTMLUnsafe", "write(")
_EMPTIES = re.compile(r"innerHTML\s*=\s*(\"\"|''|``)")
# What the console says of an error that nothing catches: see grader.browser.overheard.
_UNCAUGHT = re.compile(
    r"(?:Uncaught )?(?P<error>\w*Error: .+?)(?: \((?P<file>public/[\w./-]+):(?P<line>\d+)\))?$"
)
_UNDEFINED = "is not defined"
_MISSING_SIGN = re.compile(r"Unexpected|[Mm]issing|Invalid")
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


def script_stops(e: Evidence) -> Mistake | None:
    """An error that nothing in the page catches, with its line; of what cannot be read, without."""
    errors = [n.event for n in e.conversation.entries if n.kind is Kind.CONSOLE]
    for match in filter(None, map(_UNCAUGHT.match, reversed(errors))):
        elsewhere = e.source.page.elsewhere
        if elsewhere and _UNDEFINED in match["error"]:
            url, where = elsewhere[0]
            return Mistake(
                "script-of-another-host",
                f"{match['error']}: the page loads {url}, and a check's browser reaches your "
                "server only. Put the file into public/, and load it from there.",
                where,
            )
        place = Where(match["file"], int(match["line"])) if match["file"] else None
        if match["error"].startswith("SyntaxError"):
            why = match["error"].partition(": ")[2]
            bracket = " Is a bracket or a quote missing, or one too many?"
            return Mistake(
                "script-unreadable",
                f"{match['file'] or 'public/index.js'} cannot be read, so nothing in it runs: "
                f"{why}.{bracket if _MISSING_SIGN.search(why) else ''}",
                place,
            )
        if place:
            return Mistake(
                "script-stops",
                f"the script stopped here, with {match['error']}; what stands after it did not "
                "run.",
                place,
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
    known = {n.event for n in e.conversation.entries if n.kind is Kind.SENT and n.client in pages}
    for event in sorted(known - FORMS.keys()):
        right = meant(event, FORMS)
        if right and right not in known:
            return Mistake(
                "page-misspells-event",
                f'the page emits "{event}", and the server listens to "{right}".',
                naming(e, f'"{event}"'),
            )
    return None


def misspelt_connect(e: Evidence) -> Mistake | None:
    """A page listens to the library's own event under nearly its name."""
    source = e.source.page
    if source.unread or "connect" in {event for event, _ in source.listeners}:
        return None
    for event, where in source.listeners:
        if alike(event, "connect"):
            return Mistake(
                "page-misspells-event",
                f'the page listens to "{event}", and the event of the library is "connect".',
                where,
            )
    return None


def not_sent(e: Evidence) -> Mistake | None:
    """A page does not send what it should, or does not ask for what it listens to and should show,
    and nothing in it would.
    """
    pages = e.conversation.pages
    source = e.source.page
    emitted = {event for event, _ in source.emits}
    awaited = e.vocabulary.asked & {event for event, _ in source.listeners}
    for finding in (*e.of(Fault.MISSING), *e.of(Fault.UNSEEN)):
        sent = {n.event for n in e.turn if n.kind is Kind.SENT and n.client in pages}
        wanted = {finding.event} | (awaited & {*finding.about})
        never = sorted((wanted & FORMS.keys()) - sent - emitted)
        if never and emitted and not source.unread:
            so = "does not answer" if never[0] in e.vocabulary.asked else "cannot know"
            return Mistake(
                "page-does-not-emit",
                f'nothing in the page emits "{never[0]}", so the server {so}.',
                naming(e, SOCKET),
            )
    return None


def not_listened_to(e: Evidence) -> Mistake | None:
    """A page hears an event, does not show what came with it, and does not listen to it."""
    source = e.source.page
    listened = {event for event, _ in source.listeners}
    known = {entry.event for entry in e.conversation.entries if entry.kind is Kind.HEARD}
    for finding in e.of(Fault.UNSEEN) if not source.unread else ():
        for event in finding.about:
            # In whichever turn: none of them that came has been listened to.
            heard = event not in listened and e.conversation.heard(finding.client, event)
            near = [one for one in source.listeners if alike(one[0], event)]
            if heard and len(near) == 1 and near[0][0] not in known:
                return Mistake(
                    "page-misspells-event",
                    f'the page listens to "{near[0][0]}", and the server sends "{event}".',
                    near[0][1],
                )
        came = e.came(finding)
        if came and listened.isdisjoint(came):
            return Mistake(
                "page-does-not-listen",
                f'the server sends "{came[0]}", and nothing in the page listens to it: '
                f'socket.on("{came[0]}", ...).',
                naming(e, SOCKET),
            )
    return None


def not_said_again(e: Evidence) -> Mistake | None:
    """A page that was offline does not emit again what its new socket has to be told."""
    source = e.source.page
    if source.unread or {event for event, _ in source.listeners} & {"connect", "reconnect"}:
        return None
    for finding in (*e.of(Fault.MISSING), *e.of(Fault.UNSEEN)):
        mine = [n for n in e.conversation.entries if n.client == finding.client]
        lost = [i for i, n in enumerate(mine) if n.kind is Kind.ACTED and n.args == (OFFLINE,)]
        if lost and _sent(mine[: lost[0]]) and not _sent(mine[lost[-1] :]):
            return Mistake(
                "page-does-not-listen",
                "after a lost connection the page has a new socket, which the server does not "
                'know yet, and nothing in the page listens to "connect".',
                naming(e, SOCKET),
            )
    return None


def _sent(entries: Iterable[Entry]) -> bool:
    return any(entry.kind is Kind.SENT for entry in entries)


def became_markup(e: Evidence) -> Mistake | None:
    """Instead of a text with markup in it, the page shows what remains without the markup."""
    for finding in e.of(Fault.UNSEEN):
        text = "".join(map(str, finding.expected or ()))
        rest = [piece.strip() for piece in re.split("<[^>]*>", text) if piece.strip()]
        seen = Seen(texts=finding.got or ())
        if "<" in text and seen.count(html.escape(text, quote=False)):
            return Mistake(
                "escaped-twice",
                "what somebody has typed is escaped and then shown as text, so that a reader sees "
                "&lt;. textContent and append() need no escaping.",
                naming(e, "&lt;"),
            )
        written = _EMPTIES.sub("", text_of_page(e))
        makes_elements = any(word in written for word in _MARKUP)
        if not makes_elements and not e.source.page.unread:
            continue
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
        said = sent and isinstance(sent[0][0], dict) and sent[0][0].get("message")
        if text == said and twice and sent == heard and len(heard) == 1:
            listeners = [one for one in e.source.page.listeners if one[0] == "new message"]
            if len(listeners) > 1:
                return Mistake(
                    "listens-twice",
                    'the message has come once and is shown twice: two listeners hear "new '
                    'message".',
                    listeners[-1][1],
                )
            return Mistake(
                "shown-when-sent",
                "the message has come once and is shown twice. Its sender hears it too: show it "
                "when it comes, by one listener, and not when it is sent as well.",
            )
    return None


RULES = (
    script_not_there,
    no_module,
    script_stops,
    other_server,
    submitting.sent_by_the_browser,
    misspelt_event,
    misspelt_connect,
    not_sent,
    not_listened_to,
    not_said_again,
    became_markup,
    shown_when_sent,
)
