"""Mistakes that the server's process shows: it ends, hangs, or prints an error."""

import ast
import re

from grader.explaining.evidence import Evidence, handled
from grader.history.conversation import Entry, Kind
from grader.history.findings import Fault
from grader.makechat.frameworks import framework
from grader.makechat.mistakes.awaiting import missing_await, used_before_await
from grader.makechat.mistakes.connecting import not_attached, one_transport, refuses_everybody
from grader.makechat.mistakes.loading import (
    browser_name,
    hides_a_package,
    missing_module,
    no_utf8,
    program,
    syntax_error,
)
from grader.report.result import Mistake

BLOCKING = ("time.sleep", "input", "requests.get", "requests.post")
_GONE = ("IncompleteReadError", "ConnectionResetError", "BrokenPipeError")  # of a client that went
# python-socketio takes a TypeError in these for a handler of fewer parameters, or of more.
_TRIED_AGAIN = ("connect", "disconnect")
_ARGUMENTS = re.compile(
    r"(?P<function>[\w.<>]+)\(\) (?P<what>takes .*|missing .* required positional arguments?: .*)"
)


def port_taken(e: Evidence) -> Mistake | None:
    """The server insists on a port on which something else listens already."""
    taken = any("ddress already in use" in line or "EADDRINUSE" in line for line in e.printed)
    if taken and e.of(Fault.NOT_READY):
        return Mistake(
            "port-taken",
            f"{program(e)} listens on a port of its own choice, and another program is there "
            f"already (an {program(e)} that still runs?). Take the port from "
            f"{framework(e.source).port}.",
            e.source.keyword("port"),
        )
    return None


def wrong_parameters(e: Evidence) -> Mistake | None:
    """A function is called with other arguments than it takes."""
    for trace in e.traces:
        match = _ARGUMENTS.match(trace.text)
        if trace.error != "TypeError" or not match:
            continue
        name = match["function"].rpartition(".")[2]
        where = e.source.function(name)
        handlers = [one for one in e.source.listeners if one.function == name]
        if handlers and handlers[0].event in _TRIED_AGAIN and len(handlers[0].parameters) == 2:
            continue  # it is right: the other TypeError, which came before, is the cause
        if handlers:
            return Mistake(
                "handler-parameters",
                f"{name}() {match['what']}. {_called_with(e, handlers[0].event)}",
                handlers[0].where,
            )
        if e.of(Fault.NOT_READY) and where:
            files = "the two files" if len(e.source.trees) > 1 else "the definition and the call"
            return Mistake(
                "files-disagree",
                f"{files} disagree about the parameters of {name}(): {_disagreement(match)}.",
                where,
            )
    return None


def _called_with(e: Evidence, event: str) -> str:
    """With what Socket.IO has called a handler of the event here, in a sentence."""
    fixed = {"connect": "the sid and the environ", "disconnect": "the sid and the reason"}
    if event in fixed:
        return f"Socket.IO calls it with {fixed[event]}."
    if event == "*":
        return (
            'Socket.IO calls the handler of "*" with the event, the sid and the payload, and not '
            "every event has one: data=None."
        )
    sent = {len(one.args) for one in e.conversation.entries if _is_sent(one, event)}
    if sent == {0}:
        return f'"{event}" comes without a payload: Socket.IO calls its handler with the sid alone.'
    return "Socket.IO calls a handler with the sid, then the payload, which is one argument."


def _is_sent(entry: Entry, event: str) -> bool:
    return entry.kind is Kind.SENT and entry.event == event


def _disagreement(match: re.Match[str]) -> str:
    """What Python says of a call, as a clause of its own."""
    what = match["what"]
    return f"the call is {what}" if what.startswith("missing") else f"it {what}"


def outside_the_request(e: Evidence) -> Mistake | None:
    """A thread of the student's uses what Flask has only while it handles something."""
    for trace in e.traces:
        if trace.text.startswith("Working outside of request context"):
            return Mistake(
                "outside-the-request",
                "emit(...), join_room(...) and request belong to the event that is being handled, "
                "and a thread or task of its own handles none. socketio.emit(...) may be called "
                "anywhere: hand the sid over where one client alone is to hear it.",
                trace.frames[-1].where if trace.frames else None,
            )
    return None


def asks_the_terminal(e: Evidence) -> Mistake | None:
    """input() found nobody who would type anything."""
    for trace in e.traces:
        if trace.error == "EOFError" and trace.frames and "input(" in trace.frames[-1].code:
            return Mistake(
                "asks-the-terminal",
                "input(...) waits for somebody who types at the server's terminal. A server has "
                "nobody there: what it needs to know comes from the page, as an event.",
                trace.frames[-1].where,
            )
    return None


def ends_itself(e: Evidence) -> Mistake | None:
    """The server ended, or is about to, with nothing said, and has the words for it.

    web.run_app answers sys.exit() by closing down, and waits for its clients meanwhile.
    """
    calls = e.source.calls("sys.exit", "os._exit", "exit", "quit")
    signalled = e.exit_code is not None and e.exit_code < 0
    blocking = e.source.calls(*BLOCKING)
    if e.of(Fault.ENDED, Fault.SILENT) and calls and not (signalled or e.traces or blocking):
        return Mistake(
            "ends-itself",
            "this ends the whole server, for everybody. A handler ends with return.",
            calls[0],
        )
    return None


def outside_its_function(e: Evidence) -> Mistake | None:
    """A name is used in a file's outermost lines that only a function there has, as a parameter."""
    for trace in e.traces:
        match = re.match(r"name '(\w+)' is not defined", trace.text)
        if trace.error != "NameError" or not match or not trace.frames:
            continue
        frame = trace.frames[-1]
        function = e.source.with_parameter(frame.where.file, match[1], before=frame.where.line)
        if frame.function == "<module>" and function:
            return Mistake(
                "outside-its-function",
                f"this line stands outside {function}(), and {match[1]} is known only inside "
                "it: indent the line, with all that belongs to it.",
                frame.where,
            )
    return None


def exception(e: Evidence) -> Mistake | None:
    """The student's own code raised, and went no further."""
    for trace in e.traces:
        if trace.frames and trace.error.rpartition(".")[2] not in _GONE:
            frame = trace.frames[-1]
            error = f"{trace.error}: {trace.text}" if trace.text else trace.error
            function = "a function" if "<anonymous>" in frame.function else f"{frame.function}()"
            file = frame.where.file
            at_the_start = e.of(Fault.NOT_READY) and file == program(e)
            stopped = file if at_the_start or frame.function == "<module>" else function
            rest = (
                "the server has ended with it" if e.of(Fault.ENDED) else "the rest of it never ran"
            )
            return Mistake(
                "exception",
                f"{stopped} stopped here, with {error}; {rest}.",
                frame.where,
            )
    return None


def nothing_keeps_running(e: Evidence) -> Mistake | None:
    """app.py came to its end."""
    # For a moment it listens: a client that comes just then sees it end.
    ended = e.of(Fault.NOT_READY, Fault.ENDED) and e.exit_code == 0
    if ended and e.source.calls("start_server") and not e.source.calls("serve_forever"):
        return Mistake(
            "not-running",
            "app.py came to its end: start_server(...) begins to listen and returns. "
            "await server.serve_forever() goes on.",
            e.source.calls("start_server")[0],
        )
    if e.of(Fault.NOT_READY) and e.exit_code == 0:
        return Mistake(
            "not-running",
            f"{program(e)} came to its end without starting a server. "
            f"{framework(e.source).starts} starts it and does not return.",
        )
    return None


def blocks(e: Evidence) -> Mistake | None:
    """The event loop is stuck in a call that does not await."""
    calls = e.source.calls(*BLOCKING)
    stuck = e.of(Fault.UNANSWERED, Fault.REFUSED, Fault.TOO_LONG) and not e.of(Fault.ENDED)
    asleep = bool(e.act and e.of(Fault.MISSING) and _sleeps(e, handled(e.act)))
    if e.of(Fault.SILENT) or (calls and stuck) or asleep:
        return Mistake(
            "blocks",
            "the server does one thing only and serves nobody meanwhile: a loop without await, "
            "or a call that blocks. await asyncio.sleep(...) waits and lets others run; "
            "time.sleep(...) does not.",
            calls[0] if len(calls) == 1 else None,
        )
    return None


def _sleeps(e: Evidence, event: str) -> bool:
    """Whether the handler of an event sleeps, without await, for longer than a check waits."""
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "time.sleep"
        and any(_seconds(argument) >= e.patience for argument in node.args)
        for node in e.source.inside(event)
    )


def _seconds(argument: ast.expr) -> float:
    """The number that an argument is; 0 where it is none that is written out."""
    value = argument.value if isinstance(argument, ast.Constant) else 0
    return value if isinstance(value, int | float) else 0


def forgotten_f(e: Evidence) -> Mistake | None:
    """The braces of an f-string were printed as they stand."""
    for finding in e.of(Fault.UNPRINTED):
        rest = finding.text.partition(" ")[2]
        if any(re.search(r"\{\w+\} " + re.escape(rest), line) for line in e.printed):
            return Mistake(
                "forgotten-f", 'the f in front of the string is missing: print(f"{username} …").'
            )
    return None


RULES = (
    hides_a_package,
    no_utf8,
    syntax_error,
    outside_its_function,
    browser_name,
    missing_module,
    port_taken,
    wrong_parameters,
    outside_the_request,
    asks_the_terminal,
    missing_await,
    used_before_await,
    exception,
    ends_itself,
    nothing_keeps_running,
    not_attached,
    one_transport,
    refuses_everybody,
    blocks,
    forgotten_f,
)
