"""Mistakes of how handlers are registered, which an error in one of them shows."""

import re
from collections.abc import Iterator

from grader.explaining.evidence import Evidence, handled
from grader.explaining.frames import Trace
from grader.explaining.handlers import Listener
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.frameworks import FLASK, NODE, framework
from grader.makechat.mistakes.silence import inside_another
from grader.report.result import Mistake

# What an error is where a value is of another kind than its handler takes it for.
_OF_KIND = ("TypeError", "AttributeError", "KeyError", "ValueError")
_LOCAL = re.compile(r"cannot access local variable '(\w+)'")
_SIDS = ("sid", "socket_id", "socketid", "socket", "client_id")


def exchanged(e: Evidence) -> Mistake | None:
    """A handler takes the payload for the sid, and the sid for the payload."""
    act = e.act
    handlers = [handler for _, handler in _stopped(e)]
    if act and act.kind is Kind.SENT and e.of(Fault.MISSING) and not e.hearers(act.event):
        handlers += e.source.listening_to(act.event)
    if framework(e.source) not in (FLASK, NODE):  # there a handler gets the payload alone
        entries = e.conversation.entries
        sent = dict.fromkeys(filter(None, map(handled, entries)))
        handlers += [one for event in sent for one in e.source.listening_to(event)]
    for handler in handlers:
        names = handler.parameters
        if len(names) > 1 and names[1] in _SIDS and names[0] not in _SIDS:
            return Mistake(
                "handler-parameters",
                f"{handler.function}({', '.join(names)}) is called with the sid first, and then "
                "with the payload: swap its parameters.",
                handler.where,
            )
    return None


def called_before_it_is_there(e: Evidence) -> Mistake | None:
    """A handler calls another one, which stands inside it, and further down."""
    for trace in e.traces:
        match = _LOCAL.match(trace.text) if trace.error == "UnboundLocalError" else None
        for one in e.source.listeners if match else ():
            if match and one.function == match[1] and one.handler:
                return inside_another(one.event, one)
    return None


def of_another_event(e: Evidence) -> Mistake | None:
    """A handler is registered for another event than the one that its name and its code tell of."""
    events = {_plain(name): name for name in (*e.vocabulary.events, *e.vocabulary.prepares)}
    for _, handler in _stopped(e):
        meant = events.get(_plain(handler.function))
        if meant and meant != handler.event and not handler.by_name:
            return Mistake(
                "wrong-event",
                f'{handler.function}() is registered for "{handler.event}", and is written for '
                f'"{meant}".',
                handler.where,
            )
    return None


def inside_connect(e: Evidence, what: str) -> Mistake | None:
    """The handlers of the socket that connected last run for all of them; `what` shows it."""
    where = e.source.registered_inside("connect")
    if not where or not e.source.trees:  # in Node that is where they belong
        return None
    return Mistake(
        "handlers-inside-connect",
        f"{what}: the handlers are registered inside connect, again for each socket, and all "
        "events go to the last one's. Register them once; the handler's own sid says whose "
        "event it is.",
        where,
    )


def _stopped(e: Evidence) -> Iterator[tuple[Trace, Listener]]:
    """The handlers that stopped at a value of another kind than they take it for."""
    for trace in e.traces:
        if trace.error not in _OF_KIND:
            continue
        functions = {(frame.where.file, frame.function) for frame in trace.frames}
        for one in e.source.listeners:
            if (one.where.file, one.function) in functions:
                yield trace, one


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


RULES = (exchanged, called_before_it_is_there, of_another_event)
