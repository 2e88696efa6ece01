"""Mistakes of a page that show on its server: the page sends what a right handler cannot take."""

import re
from typing import Any

from grader.explaining.evidence import Evidence
from grader.explaining.frames import Trace
from grader.history.conversation import Kind
from grader.history.values import cut, text_of
from grader.makechat.mistakes.forms import FORMS, NOTHING, TEXT
from grader.makechat.mistakes.page_files import naming
from grader.report.result import Mistake

_CALL = re.compile(r"(?:[\w<>]+\.)*(?P<function>\w+)\(\) (takes |missing )")


def stops_its_handler(e: Evidence) -> Mistake | None:
    """A handler stopped at what a page has sent, in another form than the event has."""
    for trace in e.traces:
        for event in _handled(e, trace):
            for entry in e.conversation.entries:
                sent = entry.kind is Kind.SENT and entry.client in e.conversation.pages
                if sent and entry.event == event and (what := _wrong(event, entry.args, trace)):
                    return Mistake(
                        "page-sends-otherwise",
                        f'the page emits "{event}" {what}',
                        naming(e, f'emit("{event}"'),
                    )
    return None


def _handled(e: Evidence, trace: Trace) -> set[str]:
    """The events, of those with a form, whose handler stopped, or could not even be called."""
    call = _CALL.match(trace.text) if trace.error == "TypeError" else None
    functions = {call["function"]} if call else {frame.function for frame in trace.frames[:1]}
    return {one.event for one in e.source.listeners if one.function in functions} & FORMS.keys()


def _wrong(event: str, args: tuple[Any, ...], trace: Trace) -> str:
    """What is wrong with what was sent, as the rest of a sentence; "" if that is not the cause."""
    form = FORMS[event]
    if len(args) != (form is not NOTHING):
        count = {0: "no argument", 1: "an argument"}.get(len(args), f"{len(args)} arguments")
        return f"with {count}. Its handler takes {_said(form)}." if _CALL.match(trace.text) else ""
    if not args:
        return ""
    value = args[0]
    if not isinstance(value, str if form is TEXT else dict):
        return f"with {cut(text_of(value))}. Its handler takes {_said(form)}."
    key = trace.text.strip("'\"")
    if isinstance(value, dict) and trace.error == "KeyError" and key in form and key not in value:
        keys = " and ".join(map(text_of, value)) or "no key"
        return f'with {keys} in the object, and its handler reads "{key}".'
    return ""


def _said(form: str | tuple[str, ...]) -> str:
    if isinstance(form, str):
        return "one text" if form is TEXT else "no argument"
    return "one object"


RULES = (stops_its_handler,)
