"""Mistakes of step 13 that show in how a request is answered: who logs in, whose socket it is."""

from typing import Any

from grader.clients.cookies import set_by
from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry, Kind
from grader.history.findings import Fault, Finding
from grader.history.values import text_of
from grader.makechat.mistakes import handlers, silence
from grader.makechat.mistakes.pairs import CONNECTED, LOGIN, LOGOUT, Pairs
from grader.makechat.mistakes.sessions import BY_HAND
from grader.report.result import Mistake


def claims(e: Evidence) -> Mistake | None:
    """A request that claims to be another user's was believed."""
    for entry in e.turn:
        claims = entry.event.startswith(CONNECTED) and "?" in entry.event
        if entry.kind is not Kind.ANSWERED or not claims:
            continue
        logged_in = any(
            (one.kind, one.client) == (Kind.REQUESTED, entry.client) and LOGIN in one.event
            for one in e.conversation.entries
        )
        # A user with a session who is taken for another one is refused their own socket.
        if 200 <= entry.args[0] < 300 or (entry.args[0] == 403 and logged_in):
            return Mistake(
                "user-from-the-query",
                f"{entry.client} writes the id of another user into the address, and is taken "
                "for that user. Only the session says which user it is.",
            )
    return None


def unknown_socket(e: Evidence) -> Mistake | None:
    """The server stumbles over the id of a socket that it does not know, or has not forgotten."""
    errors = [trace for trace in e.traces if trace.error == "KeyError"]
    for finding in e.of(Fault.ANSWERED):
        if finding.entry is None or "should be 404" not in finding.text:
            continue
        entry = e.conversation.entries[finding.entry]
        sid = entry.event.removeprefix(CONNECTED)
        trace = next((one for one in errors if one.text.strip("'\"") == sid), None)
        if entry.args[0] == 500 and trace:
            owner = e.conversation.sids.get(sid)
            if owner and (found := handlers.exchanged(e) or silence.not_handled(e, "disconnect")):
                return found
            what = f"the socket of {owner} is closed" if owner else "no socket has this id"
            return Mistake(
                "sockets-not-known",
                f"{what}, and the server looks it up all the same. Keep the ids of the sockets "
                "that are connected, and answer 404 for any other.",
                trace.frames[-1].where if trace.frames else None,
            )
    return None


def answers(e: Evidence) -> Mistake | None:
    """A request that was to be refused was not, or the other way round."""
    for finding in e.of(Fault.ANSWERED):
        if finding.entry is None:
            continue
        entry = e.conversation.entries[finding.entry]
        status, _, body = (*entry.args, None, None)[:3]
        if entry.event == LOGIN and status == 200:
            return _login(e, finding, body)
        if entry.event.startswith(CONNECTED):
            sid = entry.event.removeprefix(CONNECTED)
            if isinstance(status, int) and status < 300:
                return _let_through(e, finding, sid)
            if status == 404 and e.conversation.sids.get(sid) == finding.client:
                return _connect_not_called(e)
            return _shut_out(e, finding, sid) if status == 403 else None
    return None


def _login(e: Evidence, finding: Finding, body: Any) -> Mistake | None:
    if not isinstance(body, dict) or not isinstance(body.get("username"), str):
        return None
    earlier = e.conversation.entries[: finding.entry]
    asked = [one for one in earlier if one.kind is Kind.REQUESTED and one.event == LOGIN]
    sent = asked[-1].args[0].get("username") if asked and asked[-1].args else None
    if body["username"] != sent and isinstance(sent, str):
        if body["username"].casefold() != sent.casefold():
            return None
        return Mistake(
            "name-changed",
            f"{text_of(sent)} logs in, and is called {text_of(body['username'])}. A name stays as "
            "it came.",
        )
    if body.get("id", sent) is None:
        return Mistake(
            "id-null",
            "the id in the answer is null: a new user has one only once the database has given it. "
            "Add the user, and commit, before the id is read.",
        )
    known = [user for one in earlier if one.event == LOGIN and (user := _user(one.args))]
    same_name = [user for user in known if user.get("username") == body["username"]]
    if same_name and same_name[0].get("id") != body.get("id"):
        own = [one for one in asked if one.client == finding.client]
        first = next(one for one in earlier if one.event == LOGIN and _user(one.args) in same_name)
        if own and earlier.index(own[-1]) < earlier.index(first):
            return Mistake(
                "login-race",
                f"{text_of(body['username'])} logs in several times at once, and each login makes "
                "a user: all look before any is there. Let the database keep the name unique, and "
                "look again where it refuses one.",
            )
        return Mistake(
            "new-user-each-login",
            f"{text_of(body['username'])} has logged in before, and now gets another id: each "
            "login makes a new user. Look for the name first, and let the database keep it unique.",
        )
    return None


def _connect_not_called(e: Evidence) -> Mistake | None:
    """A socket that is connected is not known: what would note it is no handler."""
    if e.source.listening_to("connect"):
        return silence.not_handled(e, "connect")
    return silence.misnamed(e, "connect")


def _shut_out(e: Evidence, finding: Finding, sid: str) -> Mistake | None:
    """A client is refused its own socket."""
    pairs = Pairs(e, finding.entry or 0)
    user = pairs.user_of(finding.client)
    if e.conversation.sids.get(sid) == finding.client and pairs.last_login != user:
        return one_user_for_all(user, pairs.last_login)
    return None


def _deletes_a_cookie(entry: Entry) -> bool:
    """Whether an answer takes a cookie out of the browser."""
    headers = entry.args[1] if entry.kind is Kind.ANSWERED else {}
    lines = {name.lower(): value for name, value in headers.items()}.get("set-cookie", [])
    set_now = set_by(lines if isinstance(lines, list) else [lines])
    return any(one.value in ("", '""') for one in set_now)


def _let_through(e: Evidence, finding: Finding, sid: str) -> Mistake | None:
    owner = e.conversation.sids.get(sid)
    if "should be 401" in finding.text:
        before = e.conversation.entries[: finding.entry]
        if any(one.client == finding.client and one.event == BY_HAND for one in before):
            return Mistake(
                "unsigned-cookie",
                "the server believes a cookie that it has not made. Anybody can write an id into "
                "a cookie: sign it or encrypt it, and check that, before you read it.",
            )
        logouts = [one for one in before if one.event == LOGOUT]
        if logouts and not any(_deletes_a_cookie(one) for one in logouts):
            return Mistake(
                "cookie-outlives-the-logout",
                "after the logout the browser still sends a session that counts: delete the "
                "cookie, session.invalidate().",
            )
        return Mistake(
            "session-not-asked",
            f"the request of {finding.client} has no valid session, and the answer is not "
            "401. The user comes from the session of this request; where it has none, answer "
            "401.",
        )
    if "should be 403" in finding.text:
        first = Pairs(e, finding.entry or 0)
        if owner and first.times_bound(owner) and not first.logged_in_before(owner):
            return Mistake(
                "binding-not-remembered",
                f"{finding.client} binds the socket of {owner}, which another user has bound. Its "
                "handshake had no session: when it is bound, save with its id whose it is.",
            )
        return Mistake(
            "anybody-binds-anybody",
            f"{finding.client} binds the socket of {owner}: the server does not ask whose "
            "it is. Keep the user of each socket, from the session of its handshake.",
        )
    if "should be 404" in finding.text:
        if any("disconnect" in e.handlers_of(trace) for trace in e.left_out):
            return None  # it may have been known, and that handler did not come to forget it
        what = f"the socket of {owner} is closed" if owner else "no socket has this id"
        return Mistake(
            "sockets-not-known",
            f"{what}, and it is bound: nobody will ever remove the pair. Keep the ids of the "
            "sockets that are connected.",
        )
    return None


def one_user_for_all(user: str, got: str) -> Mistake:
    return Mistake(
        "one-user-for-all",
        f"{user} is bound as {got}, who logged in last: one variable keeps the user of "
        "all sessions. Each request has a session of its own.",
    )


def _user(args: tuple[Any, ...]) -> dict[str, Any] | None:
    body = args[2] if len(args) > 2 else None
    return body if isinstance(body, dict) else None


RULES = (claims, answers)
