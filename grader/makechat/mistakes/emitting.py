"""Mistakes in a call of emit itself: what it is given, and what is called in its place."""

import re
from collections.abc import Sequence

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.explaining.handlers import Emit
from grader.explaining.source import Dialect
from grader.history.findings import Fault
from grader.history.values import same, text_of
from grader.report.result import Mistake

_OF_ROOMS = {"channel", "id"}  # what stands in a payload, and may rightly name a room as well
_NOT_KEPT = "unhashable type"  # what Python says where a list or a dict is looked up as a room


def third_argument(e: Evidence) -> Mistake | None:
    """The payload is given in parts, of which the second one is taken for a room.

    The source is python-socketio's emit(event, data=None, to=None, ...). Flask-SocketIO's takes
    any number of arguments, as Node's does.
    """
    if e.source.dialect in (Dialect.FLASK, Dialect.NODE):
        return None
    stopped = {one.where for trace in e.traces if _NOT_KEPT in trace.text for one in trace.frames}
    for finding in (*e.of(Fault.MISSING, Fault.DIFFERENT), *e.of(Fault.SURPLUS)):
        expected = finding.expected[0] if finding.expected else None
        keys = {*expected} - _OF_ROOMS if isinstance(expected, dict) else set()
        parts = [*expected.values()] if isinstance(expected, dict) else []
        part = finding.got and any(same(finding.got[0], one) for one in parts)
        for emit in e.source.emitting(finding.event):
            third = emit.arguments[1] if len(emit.arguments) > 1 else ""
            last = re.findall(r"\w+", third)[-1:]
            if third and (part or emit.where in stopped or keys.intersection(last)):
                return Mistake(
                    "third-argument",
                    f"emit's third argument is to=: who hears it, and here that is {third}. All "
                    "that is sent goes into one payload: emit(event, data).",
                    emit.where,
                )
    return None


def called_instead(e: Evidence) -> Mistake | None:
    """An event is sent by call(), which waits until the client has acknowledged it."""
    for finding in e.of(Fault.MISSING):
        for event, where in e.source.given("call"):
            if event == finding.event and not e.source.emitting(event):
                return Mistake(
                    "call-for-emit",
                    f'call("{event}", ...) waits until the client acknowledges it, and the page '
                    "does not: what comes after it waits as well. emit sends it, and goes on.",
                    where,
                )
    return None


def room_beside_broadcast(e: Evidence) -> Mistake | None:
    """An emit of Flask-SocketIO is to reach everybody, and is given a room.

    The source is flask_socketio.emit: it looks at broadcast only where no room is given.
    """
    if e.source.dialect is not Dialect.FLASK:
        return None
    for finding in e.of(Fault.MISSING):
        for emit in e.source.emitting(finding.event):
            if emit.addressed and emit.broadcast:
                return Mistake(
                    "room-beside-broadcast",
                    "an emit that is given a room goes to that room, whatever broadcast= says. "
                    "Take the room out, and it reaches everybody.",
                    emit.where,
                )
    return None


def misspelt_id(e: Evidence) -> Mistake | None:
    """A Node server reads socket.Id, or the like: that is undefined, and JSON leaves it out."""
    of_a_socket = any(
        sid in text_of(f.expected or ()) for sid in e.conversation.sids for f in e.findings
    )
    for name, where in keeping.never_assigned(e.source) if of_a_socket else ():
        if name != "id" and name.lower() in ("id", "sid"):
            return Mistake(
                "misspelt-id",
                f"socket.{name} is undefined, and what is undefined is left out of what is sent. "
                "It is socket.id.",
                where,
            )
    return None


def answered_to_all(emits: Sequence[Emit]) -> Mistake:
    """What one client has asked for comes to everybody, by one of these calls."""
    to_all = [one for one in emits if not one.addressed]
    if emits and not to_all:
        return Mistake(
            "answered-to-all",
            "the answer comes to everybody: what to= is given is None, or a room that all are in. "
            "to=sid answers one.",
            emits[0].where if len(emits) == 1 else None,
        )
    return Mistake(
        "answered-to-all",
        "the answer is broadcast. emit(...) without to= reaches every client; give it to=sid to "
        "answer one.",
        to_all[0].where if len(to_all) == 1 else None,
    )


RULES = (third_argument, called_instead, room_beside_broadcast, misspelt_id)
