"""Mistakes that show in who a socket is: who is let in, and under which name."""

import ast
from urllib.parse import parse_qs

from grader.explaining.evidence import Evidence
from grader.explaining.syntax import called
from grader.history.conversation import Entry, Kind
from grader.history.findings import Fault, Finding
from grader.history.values import text_of
from grader.report.result import Mistake, Where

_USER, _MESSAGE = "user", "chat message"
_LOGIN, _LOGOUT = "POST /login", "POST /logout"
BY_HAND, _CLAIMS = "sets a cookie", "claims"


def let_in(e: Evidence) -> Mistake | None:
    """A socket without a session that counts was let in."""
    for finding in e.of(Fault.LET_IN):
        acts = [entry for entry in e.conversation.entries if entry.client == finding.client]
        if any(entry.kind is Kind.ACTED and entry.event == BY_HAND for entry in acts):
            return _unsigned(e)
        if any(entry.kind is Kind.ACTED and entry.event == _CLAIMS for entry in acts):
            return Mistake(
                "name-from-the-payload",
                f"{finding.client} only claims a name, with the handshake, and is let in. A client "
                "can claim any name: the session alone says who it is.",
                e.source.handler_of("connect"),
            )
        if any(entry.event == _LOGOUT for entry in acts):
            return Mistake(
                "logout-keeps-the-cookie",
                f"{finding.client} has logged out, and the browser still has the cookie: the "
                "answer to /logout has to delete it, as session.invalidate() does.",
            )
        if _sends_away(e):
            return Mistake(
                "accepted-then-disconnected",
                f"{finding.client} is let in, and disconnected after that: it is connected for a "
                "moment, and no connect_error comes. Raise ConnectionRefusedError in connect.",
                e.source.handler_of("connect"),
            )
        return Mistake(
            "cookie-not-checked",
            "every client is let in. Read the session in connect, and raise "
            "ConnectionRefusedError where it has no username.",
            e.source.handler_of("connect"),
        )
    return None


def _sends_away(e: Evidence) -> bool:
    """Whether the handler of connect disconnects its own socket."""
    calls = (one for one in e.source.inside("connect") if isinstance(one, ast.Call))
    return any(called(one) == "disconnect" for one in calls)


def _unsigned(e: Evidence) -> Mistake:
    return Mistake(
        "unsigned-cookie",
        "the server believes a cookie that it has not made. Anybody can write a name into a "
        "cookie: sign it or encrypt it, and check that, before you read it.",
        e.source.handler_of("connect"),
    )


def forgotten(e: Evidence) -> Mistake | None:
    """A socket that is connected was kept, and is not found any more."""
    for trace in e.traces:
        sid = trace.text.strip("'\"")
        owner = e.conversation.sids.get(sid) if trace.error == "KeyError" else None
        kept = _kept_by_sid(e)
        nobody_known = not any(one.event == _USER for one in e.conversation.entries)
        if owner and (nobody_known or _keeps_nothing(e)):
            return _name_not_kept(owner)
        if owner and kept and (owner in e.present or (e.act and e.act.client == owner)):
            return Mistake(
                "others-forgotten",
                f"nothing is known of {owner}: what is kept for that socket is taken away when "
                "another one comes or goes.",
                kept[0],
            )
    return None


def login_without_a_cookie(e: Evidence) -> Mistake | None:
    """A login succeeds, and the browser gets nothing to come back with."""
    for finding in e.of(Fault.ANSWERED):
        entry = e.conversation.entries[finding.entry or 0]
        if entry.event == _LOGIN and finding.text == "should set a cookie":
            return Mistake(
                "login-not-kept",
                "the login is answered, and no cookie comes with it, so the browser has nothing to "
                "show later. aiohttp_session sets one as soon as something is put into the "
                'session: session["username"] = username.',
            )
    return None


def empty_name(e: Evidence) -> Mistake | None:
    """A login without a name succeeded."""
    for finding in e.of(Fault.ANSWERED):
        entry = e.conversation.entries[finding.entry or 0]
        if entry.event == _LOGIN and finding.text.startswith("should be 400"):
            status = entry.args[0]
            if status < 400:
                return Mistake(
                    "empty-name",
                    "a login without a name succeeds. Look at what came before you keep it, and "
                    "answer 400 where there is no name in it.",
                )
    return None


def name_of_another(e: Evidence) -> Mistake | None:
    """What came has another name than that of the socket's session."""
    for finding in e.of(Fault.DIFFERENT):
        names = _names(finding)
        if finding.event not in (_USER, _MESSAGE) or names is None or names[0] == names[1]:
            continue
        expected, got = names
        act = e.act
        if _claims(e.turn, got):
            liar = act.client if act else expected
            return Mistake(
                "name-from-the-payload",
                f"{liar} claims to be {got}, and is believed. A client can send any name: take "
                "it from the session of the socket.",
                e.source.handler_of(_MESSAGE if finding.event == _MESSAGE else "connect"),
            )
        logins = _logins(e)
        who = act.client if act and finding.event == _MESSAGE else _newcomer(e)
        if any((one.client, one.event) == (who, BY_HAND) for one in e.conversation.entries):
            return _unsigned(e)
        browser = who.partition(" (tab")[0] if who else ""
        if len(logins.get(browser, ())) > 1 and got in logins[browser]:
            return Mistake(
                "name-of-an-earlier-login",
                f"the browser was logged in as {got} before, and is logged in as {expected} now. "
                "The server keeps the earlier name: read the session for each socket again.",
                e.source.handler_of("connect"),
            )
        anothers = any(got in names for one, names in logins.items() if one != browser)
        if anothers and not _has_spoken_since_the_last_came(e, expected):
            return Mistake(
                "one-user-for-all",
                f"{expected} acts, and it comes as from {got}: the name is kept in one variable "
                "for all sockets. Keep one for each sid.",
                e.source.handler_of("connect"),
            )
    return None


def _has_spoken_since_the_last_came(e: Evidence, name: str) -> bool:
    """Whether a message has come under the name, and since then no client that could take it."""
    entries = e.conversation.entries
    last = max((i for i, one in enumerate(entries) if one.kind is Kind.CONNECTED), default=0)
    said = (one.args[0] for one in entries[last:] if one.args and one.event == _MESSAGE)
    return any(isinstance(one, dict) and one.get("username") == name for one in said)


def wrong_count(e: Evidence) -> Mistake | None:
    """The right user, and a count or a flag that does not fit."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.event != _USER or not finding.expected or not finding.got:
            continue
        expected, got = finding.expected[0], finding.got[0]
        if not isinstance(got, dict) or got.get("username") != expected["username"]:
            continue
        who, connected = expected["username"], expected["connected"]
        if got.get("connected") is not connected and "connected" in got:
            return Mistake(
                "connected-not-told",
                f"{who} has {'come' if connected else 'gone'}, and connected is "
                f"{'not true' if connected else 'not false'}: the page cannot tell "
                "whether a user has come or gone.",
                e.source.handler_of("connect" if connected else "disconnect"),
            )
        count, right = got.get("currentUsers"), expected.get("currentUsers")
        if type(count) is not int or right is None:
            continue  # it is no number, or how many there are is left open here
        refused = any(entry.kind is Kind.REFUSED for entry in e.conversation.entries)
        as_logins = connected and count > right and count == len(_logins(e))
        if as_logins and refused:
            continue  # either of the two was counted
        if as_logins:
            return Mistake(
                "logins-counted",
                f"{count} have logged in, and {right} of them {'is' if right == 1 else 'are'} "
                "connected: the count is of logins. Count the sockets, in connect.",
                e.source.emit_of(_USER),
            )
        if connected and count > right and refused:
            return Mistake(
                "refused-is-counted",
                "a socket that was refused is in the count. Let connect refuse it first, and "
                "count those that it lets in.",
                e.source.handler_of("connect"),
            )
        # A server that emits before the change tells the very first one that nobody is there.
        told = (one.args for one in e.conversation.entries if one.event == _USER)
        first = next(told, ())
        counted = bool(first) and isinstance(first[0], dict) and first[0].get("currentUsers") == 1
        if connected and count == 0 and _keeps_nothing(e):
            return _name_not_kept(who)
        if connected and counted and count == 1 < right:
            return Mistake(
                "others-forgotten",
                f"{who} has come as number {right}, and the count is 1: what was kept of the "
                "others is gone.",
                e.source.handler_of("connect"),
            )
        if count == right + (-1 if connected else 1):
            return Mistake(
                "counted-after-the-emit",
                f"{who} has {'come, and is not in' if connected else 'gone, and is still in'} "
                "the count: it is emitted before it is changed, or something is taken off it.",
                e.source.handler_of("connect" if connected else "disconnect"),
            )
    return None


def announced_too_early(e: Evidence) -> Mistake | None:
    """A socket that is refused was announced."""
    refused = [entry.client for entry in e.turn if entry.kind is Kind.REFUSED]
    for finding in e.of(Fault.SURPLUS):
        if finding.event == _USER and refused:
            return Mistake(
                "refused-is-announced",
                f"{refused[-1]} is refused, and announced all the same. Read the session first; "
                "tell the others only of a socket that is let in.",
                e.source.handler_of("connect"),
            )
    return None


def _names(finding: Finding) -> tuple[str, str] | None:
    """The username that should have come, and the one that did."""
    if not finding.expected or not finding.got:
        return None
    expected, got = finding.expected[0], finding.got[0]
    if not isinstance(expected, dict) or not isinstance(got, dict):
        return None
    names = expected.get("username"), got.get("username")
    return names if all(isinstance(name, str) for name in names) else None  # type: ignore[return-value]


def _claims(turn: list[Entry], name: str) -> bool:
    """Whether somebody has sent an object with this username, or claimed it with the handshake."""
    by_hand = ({"username": name},)
    if any(e.event == _CLAIMS and e.args == (text_of(*by_hand),) for e in turn):
        return True
    sent = (entry.args for entry in turn if entry.kind is Kind.SENT)
    return any(
        isinstance(one, dict) and one.get("username") == name for args in sent for one in args
    )


def _logins(e: Evidence) -> dict[str, list[str]]:
    """The names under which each browser has logged in, in order, as far as it was by a form."""
    logins: dict[str, list[str]] = {}
    for entry in e.conversation.entries:
        if entry.kind is Kind.REQUESTED and entry.event == _LOGIN and entry.args:
            body = entry.args[0]
            name = parse_qs(body).get("username", [""])[0] if isinstance(body, str) else ""
            logins.setdefault(entry.client, []).append(name)
    return logins


def _newcomer(e: Evidence) -> str:
    newcomers = [entry.client for entry in e.turn if entry.kind is Kind.CONNECTED]
    return newcomers[-1] if newcomers else ""


def _name_not_kept(who: str) -> Mistake:
    return Mistake(
        "name-not-kept",
        f"{who} is let in, and the server does not keep its name. Write usernames[sid] = username.",
    )


def _keeps_nothing(e: Evidence) -> bool:
    """Whether no function puts anything into what is kept, except into a session."""
    nodes = [node for tree in e.source.trees.values() for node in ast.walk(tree)]
    targets = [node.targets[0] for node in nodes if isinstance(node, ast.Assign)]
    subscripts = [ast.unparse(one.value) for one in targets if isinstance(one, ast.Subscript)]
    kept = any("session" not in one for one in subscripts)
    counted = any(isinstance(node, ast.AugAssign) for node in nodes)
    added = e.source.calls("add", "append", "setdefault", "update", "save_session")
    return bool(nodes) and not (kept or counted or added)


def _kept_by_sid(e: Evidence) -> list[Where]:
    """Where something is kept for a socket, as in `usernames[sid] = username`."""
    return [
        Where(file, node.lineno)
        for file, tree in e.source.trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Subscript)
        and ast.unparse(node.targets[0].slice) == "sid"
    ]


RULES = (
    let_in,
    login_without_a_cookie,
    empty_name,
    name_of_another,
    wrong_count,
    announced_too_early,
)
