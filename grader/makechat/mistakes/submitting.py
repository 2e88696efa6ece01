"""Mistakes that show in a form of a page: who sends it, the browser or the script."""

import re
from urllib.parse import urlsplit

from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind
from grader.makechat.mistakes.page_files import naming, submitted_without, text_of_page
from grader.report.result import Mistake, Where


def sent_by_the_browser(e: Evidence) -> Mistake | None:
    """The browser sends a form: the address then has its fields after a `?`, or is its action's."""
    typed = any(n.kind is Kind.ACTED and n.event == "types" for n in e.turn)
    # A form that was sent in an earlier turn may be missed in this one only.
    before = [one for one in e.conversation.entries[: e.since] if "?" in one.event]
    for entry in (*e.turn, *before):
        if entry.kind is not Kind.LOADED:
            continue
        path = urlsplit(entry.event).path
        its = path.strip("/") and naming(e, f'action="{path}"')
        if its and not _may_fetch(e, path):
            return _form_of_the_browser(e, entry, path, its)
        action = typed and its
        if "?" not in entry.event and not action:
            continue
        comes = f"shows what is answered at {path}" if action else "loads the page again"
        listened = {event for event, _ in e.source.page.listeners}
        if listened.isdisjoint(("submit", "click")) and not e.source.page.unread:
            return Mistake(
                "page-does-not-listen",
                f"the browser sends the form itself, and {comes}: nothing in the page listens to "
                '"submit".',
                naming(e, "<form"),
            )
        return Mistake(
            "sent-by-the-browser",
            f"the browser sends the form as well, and {comes}. "
            'event.preventDefault() in the handler of "submit" keeps it from that.',
            submitted_without(e, "preventDefault()")
            or naming(e, "preventDefault")
            or naming(e, '"submit"'),
        )
    return None


def _may_fetch(e: Evidence, path: str) -> bool:
    """Whether the page's script sends the request of a form itself, as far as it can be read."""
    fetched = re.findall(r"fetch\(\s*(?:([\"'`])(.*?)\1)?", text_of_page(e))
    return any(not quote or url == path for quote, url in fetched)


def _form_of_the_browser(e: Evidence, entry: Entry, path: str, its: Where) -> Mistake | None:
    """What is wrong with a form that the browser is to send."""
    if "?" in entry.event:
        return Mistake(
            "form-without-post",
            f'the browser asks for {path} with GET: write method="post" into the <form>.',
            its,
        )
    fields = e.source.page.inputs
    if any(one.get("id") == "username-input" and not one.get("name") for one in fields):
        return Mistake(
            "input-without-name",
            "the browser sends the form, and nothing in it: an input goes along under its name. "
            'Write name="username" into it.',
            naming(e, 'id="username-input"'),
        )
    return None
