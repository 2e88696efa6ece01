"""Mistakes of a server that does not know, when a socket goes, whose it was."""

import ast

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.explaining.syntax import called
from grader.history.conversation import Kind
from grader.report.result import Mistake


def not_told(e: Evidence) -> Mistake | None:
    """A handler of disconnect that would tell who has gone, and did not come to it."""
    if mistake := _overwritten(e):
        return mistake
    of_a_request = e.source.mentions("aiohttp_session")  # its get_session is another one
    saved = of_a_request or e.source.calls("save_session", "session")
    if e.source.calls("get_session") and not saved:
        return Mistake(
            "name-not-kept",
            "the session is read when somebody goes, but the username is never saved to it: "
            'await sio.save_session(sid, {"username": username}).',
            e.source.calls("get_session")[0],
        )
    handler = e.source.handler_of("disconnect")
    for name, where in keeping.never_assigned(e.source):
        beside = handler and handler.file == where.file and handler.line <= where.line
        if name == "rooms" and beside:
            return Mistake(
                "rooms-left-already",
                'in "disconnect" the socket has left all its rooms, and socket.rooms is empty. '
                "io.emit(…) reaches everybody.",
                where,
            )
        if "name" in name.lower():
            return Mistake(
                "name-not-kept",
                f"socket.{name} is read when somebody goes, and nothing assigns it: in the handler "
                f'of "new user", socket.{name} = username.',
                where,
            )
    return looks_at_the_reason(e)


def looks_at_the_reason(e: Evidence) -> Mistake | None:
    """A handler of disconnect that decides on more than whose socket has gone."""
    for handler in e.source.listening_to("disconnect"):
        if handler.decides_by - {"sid"}:
            return Mistake(
                "looks-at-the-reason",
                "the disconnect handler looks at the reason, and there are more reasons than "
                "it knows. A client is gone, whatever the reason.",
                handler.where,
            )
    return None


def _overwritten(e: Evidence) -> Mistake | None:
    """What the handler of disconnect reads was saved, and then another session in its place."""
    texts = (one for one in e.source.inside("disconnect") if isinstance(one, ast.Constant))
    read = {one.value for one in texts}
    kept: set[str] = set()
    mistake = None
    for entry in e.conversation.entries:
        if not e.act or entry.kind is not Kind.SENT or entry.client != e.act.client:
            continue
        saved = _saved(e, entry.event)
        if saved and (lost := (kept - saved) & read):
            mistake = Mistake(
                "session-overwritten",
                "save_session(…) replaces all that was saved before: "
                f"{', '.join(sorted(lost))} is gone once {', '.join(sorted(saved))} is saved. Add "
                "to what get_session gives.",
                e.source.handler_of(entry.event),
            )
        elif saved:
            mistake = None
        kept = saved or kept
    return mistake


def _saved(e: Evidence, event: str) -> set[str]:
    """The keys of the session that the handler of an event saves, as far as they stand there."""
    calls = [one for one in e.source.inside(event) if isinstance(one, ast.Call)]
    given = [value for one in calls if called(one) == "save_session" for value in one.args[1:2]]
    keys = [key for one in given if isinstance(one, ast.Dict) for key in one.keys]
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}
