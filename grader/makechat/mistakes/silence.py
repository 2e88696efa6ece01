"""Mistakes of a server from which nobody hears anything: no handler, no emit, or nobody reached."""

import ast
from collections.abc import Sequence
from pathlib import PurePath

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.explaining.handlers import Listener
from grader.explaining.imports import imported_by
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.frameworks import framework
from grader.makechat.mistakes import forgetting
from grader.makechat.mistakes.spelling import alike
from grader.report.result import Mistake

_MAIN = "app"  # the module that is run
_OF_A_SOCKET = {"connect": "comes", "disconnect": "goes"}  # Socket.IO's own events, and their time


def nothing_handles(e: Evidence) -> Mistake | None:
    """What was sent, or what led to it, has no handler."""
    missing = e.of(Fault.MISSING)
    if not e.source.known or not missing or not e.act or e.act.kind is not Kind.SENT:
        return None
    if e.hearers(missing[0].event) and e.act.event in e.vocabulary.events:
        return None
    sent = [
        one.event
        for one in e.conversation.entries
        if one.kind is Kind.SENT and one.event in e.vocabulary.prepares
    ]
    for event in dict.fromkeys((e.act.event, *sent)):
        if event not in e.vocabulary.asked and (mistake := not_handled(e, event)):
            return mistake
        handlers = e.source.listening_to(event)
        if len(handlers) == 1 and handlers[0].idle:
            return _returns_at_once(event, handlers[0])
    return None


def _returns_at_once(event: str, handler: Listener) -> Mistake:
    return Mistake(
        "never-emitted",
        f'the handler of "{event}" returns at once, so no client is told.',
        handler.where,
    )


def unheard(e: Evidence) -> Mistake | None:
    """Nobody heard anything: what keeps the event from being handled, or from being emitted."""
    arrived = e.vocabulary.arrivals and any(one.kind is Kind.CONNECTED for one in e.turn)
    if e.source.known and not e.act and e.of(Fault.UNPRINTED):
        return misnamed(e, "connect")
    if not e.source.known or not (e.act or arrived):
        return None
    if (
        e.of(Fault.UNPRINTED)
        and e.act
        and e.act.kind is Kind.SENT
        and e.act.event not in e.vocabulary.asked
    ):
        return not_handled(e, e.act.event)
    missing = e.of(Fault.MISSING)
    if not missing:
        return None
    event = missing[0].event
    if e.hearers(event):
        return None
    sent = _sent(e, event)
    if mistake := not_handled(e, sent):
        return mistake
    handlers = e.source.listening_to(sent)
    if not handlers:
        return None
    if mistake := overwritten(e, sent):
        return mistake
    return _why_not_emitted(e, event, sent, handlers[0])


def overwritten(e: Evidence, event: str) -> Mistake | None:
    """An event has several handlers, of which a library of Python's calls the last one alone."""
    handlers = e.source.listening_to(event)
    if len(handlers) < 2 or not e.source.trees:  # Node calls them all
        return None
    return Mistake(
        "handler-overwritten",
        f'two functions handle "{event}": the second one replaces the first.',
        handlers[-1].where,
    )


def _sent(e: Evidence, event: str) -> str:
    """The event that the server had to handle before it could emit this one."""
    if e.act and e.act.kind is Kind.SENT:
        return e.act.event
    if e.act is None:
        return "connect"
    return "disconnect" if e.act.kind is Kind.LEFT else event


def _why_not_emitted(e: Evidence, event: str, sent: str, handler: Listener) -> Mistake | None:
    """Why the handler of what was sent emits nothing that anybody could hear."""
    emits = e.source.emitting(event)
    if not emits:
        if e.source.emits_otherwise(event):
            return None
        return Mistake(
            "never-emitted",
            f'the handler of "{sent}" does not emit "{event}", so no client is told.',
            handler.where,
        )
    if handler.idle:
        return _returns_at_once(sent, handler)
    if all(emit.dead for emit in emits):
        return Mistake(
            "never-emitted",
            f'the handler of "{sent}" ends before it emits "{event}": what stands after a return '
            "never runs.",
            emits[0].where,
        )
    if event == "get online users" and not e.joined and handler.decides:
        return Mistake(
            "not-answered-yet",
            "nobody has joined yet, and the question is not answered. Answer every client "
            "that asks, joined or not, and with {} when nobody is online.",
            handler.where,
        )
    return _to_nobody(e, event, sent, handler)


def _to_nobody(e: Evidence, event: str, sent: str, handler: Listener) -> Mistake | None:
    """It is emitted, and there is nobody whom it could reach; or there is nothing to emit."""
    emits = e.source.emitting(event)
    gone = e.act is not None and e.act.kind is Kind.LEFT
    if gone and all(emit.to_its_caller for emit in e.source.emitting(event, handling=sent)):
        return Mistake(
            "emitted-to-nobody",
            "it is emitted to the client that has gone, and so reaches nobody: without to= an emit "
            "reaches all.",
            e.source.emitting(event, handling=sent)[0].where,
        )
    rooms = keeping.entering(e.source)  # somebody may have entered one
    # Where it is decided or tried first, or in a loop, the emit may never have been reached.
    tries = any(isinstance(one, ast.Try) for one in e.source.inside(sent))
    if (
        not rooms
        and not tries
        and (gone or not handler.decides)
        and all(
            emit.addressed and (gone or not emit.to_its_caller) and not emit.in_loop
            for emit in emits
        )
    ):
        return Mistake(
            "emitted-to-nobody",
            "to= takes the sid of a client that is connected, or a room that somebody has "
            "entered; what is given here is neither.",
            emits[0].where,
        )
    if sent == "disconnect":
        return forgetting.not_told(e)
    return None


def not_handled(e: Evidence, event: str) -> Mistake | None:
    """No handler of the event is registered."""
    handlers = e.source.listening_to(event)
    if handlers and all(one.on_server for one in handlers):
        return Mistake(
            "registered-with-the-server",
            f'this listens to the server, and to the server comes "connection" alone. '
            f'Inside its handler, socket.on("{event}") listens to one client.',
            handlers[0].where,
        )
    if handlers and all(one.handler for one in handlers):
        return inside_another(event, handlers[0])
    if handlers and (mistake := _made_twice(e, handlers)):
        return mistake
    if handlers and all(_is_of_no_namespace(e, one) for one in handlers):
        name = handlers[0].namespace
        return Mistake(
            "never-registered",
            f"{name} is never registered, so no handler in it is called: "
            f"{framework(e.source).registers.format(name)}.",
            handlers[0].where,
        )
    for handler in handlers:
        if not handler.outermost or e.source.calls(handler.outermost):
            return None
        return Mistake(
            "never-registered",
            f"{handler.outermost}() is never called, so no handler in it is registered.",
            e.source.function(handler.outermost),
        )
    if mistake := misnamed(e, event):
        return mistake
    if event == "disconnect":
        return Mistake(
            "no-disconnect-handler",
            'nothing handles "disconnect", so the server never notices that somebody goes.',
        )
    server = framework(e.source).server
    words = e.vocabulary.events | e.vocabulary.prepares | e.vocabulary.asked
    near = [one for one in e.source.listeners if alike(one.event, event) and one.event not in words]
    if near and near[0].by_name:
        return Mistake(
            "misspelt-event",
            f'@{server}.event listens to the function\'s name, "{near[0].event}"; the page sends '
            f'"{event}". Write @{server}.on("{event}").',
            near[0].where,
        )
    if near:
        return Mistake(
            "misspelt-event",
            f'the server listens to "{near[0].event}", and the page sends "{event}".',
            near[0].where,
        )
    if event in e.source.literals_beside_emits:
        return None  # handled in a way that is not read here
    return Mistake("no-handler", f'nothing handles "{event}": @{server}.on("{event}") would.')


def misnamed(e: Evidence, event: str) -> Mistake | None:
    """The function for an event of Socket.IO's own is there, with another name, or unregistered."""
    if event not in _OF_A_SOCKET or not e.source.trees or e.source.listening_to(event):
        return None
    near = [
        one
        for one in e.source.listeners
        if one.event not in _OF_A_SOCKET
        and (alike(one.event, event) or one.event.startswith(event))
    ]
    if near:
        return Mistake(
            "misspelt-event",
            f'this is the handler of "{near[0].event}". Socket.IO calls the one of "{event}" for '
            f"each client that {_OF_A_SOCKET[event]}.",
            near[0].where,
        )
    if any("'coroutine' object is not callable" in line for line in e.printed):
        return Mistake(
            "called-not-handed-over",
            f"{event} is called where it is registered, and what that gives is handed over. Hand "
            "over the function itself: its name, without parentheses.",
            e.source.function(event),
        )
    if where := e.source.function(event):
        return Mistake(
            "never-registered",
            f"{event}() is not registered as a handler: write @{framework(e.source).server}.event "
            "above it.",
            where,
        )
    return None


def _is_of_no_namespace(e: Evidence, handler: Listener) -> bool:
    """Whether it is the method of a namespace of which nothing is ever made."""
    return bool(handler.namespace) and not e.source.mentions(handler.namespace)


def _made_twice(e: Evidence, handlers: Sequence[Listener]) -> Mistake | None:
    """The handlers stand in a file that imports the one that runs, which is made again for it."""
    folder = e.source.folder
    if folder is None or any(one.startswith(f"{_MAIN}:") for one in e.source.literals):
        return None  # as in uvicorn.run("app:app"): the one that is imported is the one that serves
    for file in sorted({one.where.file for one in handlers}):
        module = PurePath(file).stem
        if _MAIN in imported_by(folder / file) and module in imported_by(folder / f"{_MAIN}.py"):
            return Mistake(
                "imports-the-app",
                f"{file} imports {_MAIN}.py, which runs as __main__ already: Python makes it a "
                f"second time, with another {framework(e.source).server}, and there this handler "
                f"is registered. Make {framework(e.source).server} in a file of its own, which "
                "both import, or hand it to a function.",
                handlers[0].where,
            )
    return None


def inside_another(event: str, handler: Listener) -> Mistake:
    """A handler that is registered again whenever another one runs."""
    return Mistake(
        "handler-inside-another",
        f'the handler of "{event}" stands inside {handler.handler}(), so it is registered only '
        "when that one has run, and again each time. Move it out, beside the others.",
        handler.where,
    )
