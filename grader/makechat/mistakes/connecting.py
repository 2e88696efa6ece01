"""Mistakes for which no client of Socket.IO gets in, though the server runs."""

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.frameworks import framework
from grader.report.result import Mistake

NOT_THERE = ((403,), (404,))  # uvicorn answers 403 to a WebSocket where nobody serves one


def not_attached(e: Evidence) -> Mistake | None:
    """The HTTP app runs, and knows nothing of Socket.IO."""
    unknown = any(one.kind is Kind.HTTP and one.args in NOT_THERE for one in e.turn)
    if unknown and e.of(Fault.REFUSED):
        starts = ("listen",) if e.source.scripts else ("run_app", "run")
        return Mistake(
            "not-attached",
            "the web app runs without Socket.IO: nobody answers at /socket.io/. "
            f"{framework(e.source).attaches}.",
            next(iter(e.source.calls(*starts)), None),
        )
    return None


def one_transport(e: Evidence) -> Mistake | None:
    """The server was told to offer one transport alone."""
    where = e.source.keyword("transports")
    refused = any(entry.kind is Kind.HTTP and entry.args == (400,) for entry in e.turn)
    if where and refused and e.of(Fault.REFUSED):
        return Mistake(
            "one-transport",
            "the server offers one transport alone. Without transports=[...] it offers both, "
            "and each client takes what it can.",
            where,
        )
    return None


def refuses_everybody(e: Evidence) -> Mistake | None:
    """The connect handler says no, and nobody has ever got in."""
    listeners = e.source.listening_to("connect")
    refusals = {finding.text for finding in e.of(Fault.REFUSED)}
    if "Connection rejected by server" in refusals and not e.conversation.sids:
        return Mistake(
            "refuses-everybody",
            "the connect handler returns False, or raises ConnectionRefusedError, and so refuses "
            "every client that has come.",
            listeners[0].where if listeners else None,
        )
    said = sorted(refusals & e.source.literals)
    if said and listeners and not e.conversation.sids:
        return Mistake(
            "refuses-everybody",
            f"the connect handler refuses every client that has come, with “{said[0]}”.",
            listeners[0].where,
        )
    return None
