"""Mistakes of step 13 that show in what clients hear: the list, who has come, who has left."""

from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.history.values import same
from grader.makechat.mistakes import hearing, silence
from grader.makechat.mistakes.bindings import one_user_for_all
from grader.makechat.mistakes.pairs import CONNECTED, LOGOUT, Pairs, names
from grader.makechat.presence import JOINED, LEFT, LIST
from grader.report.result import Mistake


def lists(e: Evidence) -> Mistake | None:
    """What is wrong with a list that came."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.event == LIST and finding.entry is not None and finding.expected:
            (expected,), got = finding.expected, finding.got or ()
            if len(got) == 1 and isinstance(got[0], list):
                return _list(e, finding, expected, got[0])
    return None


def _list(e: Evidence, finding: Finding, expected: Any, got: list[Any]) -> Mistake | None:
    where = e.source.emit_of(LIST)
    if len(got) == 1 and isinstance(got[0], list) and names(got[0]):
        return Mistake("wrapped", "it is wrapped in a list. The page expects it as it is.", where)
    if got and not any(isinstance(one, dict) for one in got):
        return Mistake(
            "users-not-objects",
            "the list needs an object with id and username for each user: the page shows the name, "
            "and finds the user again by the id.",
            where,
        )
    if not all(isinstance(one, dict) for one in got):
        return None
    wanted, came = names(expected), names(got)
    twice = [name for name in came if came.count(name) > 1]
    if twice and set(came) == set(wanted):
        return Mistake(
            "listed-twice",
            f"{twice[0]} has more than one tab, and is listed once for each. A set of the user ids "
            "has each once.",
            where,
        )
    pairs = Pairs(e, finding.entry or 0)
    missing = [name for name in wanted if name not in came]
    more = [name for name in came if name not in wanted]
    if missing and more == [pairs.last_login] and missing == [pairs.user_of(finding.client)]:
        return one_user_for_all(missing[0], more[0])
    if not missing and more and all(name in pairs.gone for name in more):
        return Mistake(
            "pair-not-removed",
            f"{more[0]} has left, and is still on the list: the pair of a socket that goes is not "
            "removed.",
            e.source.handler_of("disconnect"),
        )
    if not more and missing == [pairs.user_of(finding.client)] and not pairs.before(finding.client):
        return Mistake(
            "listed-too-early",
            f"the newcomer, {missing[0]}, is not on the list: the list is made before the pair is "
            "added.",
            where,
        )
    return None


def told_too_much(e: Evidence) -> Mistake | None:
    """`userJoined`, `userLeft` or a list that should not have come."""
    for finding in e.of(Fault.SURPLUS):
        entry = finding.entry
        if entry is None:
            continue
        pairs = Pairs(e, entry)
        if finding.event == LIST and finding.client != pairs.last_bound:
            return Mistake(
                "list-to-all",
                f"{pairs.last_bound} was bound, and {finding.client} gets the list as well: give "
                "emit the socket that was bound, to=sid.",
                e.source.emit_of(LIST),
            )
        twice = len(e.source.emitting(JOINED)) > 1
        if finding.event == JOINED and twice and (mistake := hearing.emitted_again(e)):
            return mistake
        if finding.event == JOINED and twice:
            return None
        if finding.event == JOINED and pairs.last_bound and pairs.had_another(pairs.last_bound):
            return Mistake(
                "joined-for-every-tab",
                f"{pairs.user_of(pairs.last_bound)} was online already, and userJoined is sent "
                "for one more tab. Emit it only where no pair has the user's id yet.",
                e.source.emit_of(JOINED),
            )
        if finding.event == LEFT and (mistake := _left_too_early(e, pairs)):
            return mistake
    return None


def _left_too_early(e: Evidence, pairs: Pairs) -> Mistake | None:
    gone = next((one.client for one in reversed(e.turn) if one.kind is Kind.LEFT), None)
    bound = [one for one in e.turn if one.event.startswith(CONNECTED)]
    if gone is None and bound and e.source.known and not e.source.emitting(JOINED):
        return Mistake(
            "another-event",
            f"{pairs.user_of(pairs.last_bound)} has come, and userLeft says so, in the place of "
            "userJoined, which the page listens to.",
            e.source.emit_of(LEFT),
        )
    if gone is None:
        if any(one.event == LOGOUT for one in e.turn):
            return Mistake(
                "left-for-every-tab",
                "userLeft comes more than once for one logout. Disconnecting a socket runs the "
                "handler of disconnect: let only that one emit it, with the last pair.",
                e.source.emit_of(LEFT),
            )
        return None
    user, rest = pairs.user_of(gone), pairs.tabs_of(gone)
    if not rest:
        if not pairs.before(gone):
            return Mistake(
                "stranger-leaves",
                f"{gone} was never bound, and is said to have left. Only the user of a socket "
                "that has a pair can leave.",
                e.source.handler_of("disconnect"),
            )
        return None
    if pairs.bound_after(gone, rest):
        return Mistake(
            "one-socket-per-user",
            f"{user} still has a tab, which was opened before the one that is closed now: the "
            "second tab has overwritten the first. Keep a pair for each tab.",
            e.source.handler_of("disconnect"),
        )
    return Mistake(
        "left-on-the-first-tab",
        f"{user} closes one tab and has another, and userLeft is sent. Emit it only where no pair "
        "with the user's id remains.",
        e.source.handler_of("disconnect"),
    )


def told_wrongly(e: Evidence) -> Mistake | None:
    """`userJoined` or `userLeft` with another payload."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.entry is None or not finding.expected or len(finding.got or ()) != 1:
            continue
        (expected,), (got,) = finding.expected, finding.got or ((),)
        if finding.event == LEFT:
            return _left_payload(e, expected, got)
        pairs = Pairs(e, finding.entry)
        name = got.get("username") if isinstance(got, dict) else None
        who = pairs.user_of(pairs.last_bound) if pairs.last_bound else ""
        if finding.event == JOINED and _told_before(e, finding):
            return Mistake(
                "kept-from-before",
                f"{who} has come, and {name} is told again, who came before: what is sent is of "
                "an earlier request.",
                e.source.emit_of(JOINED),
            )
        if finding.event == JOINED and name == pairs.last_login and name != who:
            return one_user_for_all(who, str(name))
    return None


def _told_before(e: Evidence, finding: Finding) -> bool:
    """Whether what came had come before, in an earlier turn, to the same client."""
    return any(
        entry.kind is Kind.HEARD
        and (entry.client, entry.event) == (finding.client, finding.event)
        and same(entry.args, finding.got)
        for entry in e.conversation.entries[: e.since]
    )


def _left_payload(e: Evidence, expected: Any, got: Any) -> Mistake | None:
    where = e.source.emit_of(LEFT)
    value = got.get("id") if isinstance(got, dict) else got
    if value in e.conversation.sids if isinstance(value, str) else False:
        return Mistake(
            "left-names-the-socket",
            "userLeft has the id of the socket. The page knows users: send the user's id.",
            where,
        )
    if value == expected.get("id") or not isinstance(got, dict):
        return Mistake(
            "left-not-an-object",
            'userLeft needs an object with the user\'s id: {"id": …}.',
            where,
        )
    return None


def not_told(e: Evidence) -> Mistake | None:
    """`userJoined` or `userLeft` that did not come, to some or to all."""
    missing = e.of(Fault.MISSING)
    events = {finding.event for finding in missing}
    if len(events) != 1:
        return None
    (event,) = events
    if event == LEFT:
        return None if e.hearers(LEFT) else _leaving_not_told(e)
    if e.source.trees and event in (LIST, JOINED) and event not in e.source.literals:
        return (
            hearing.misspelt_emit(e)
            or hearing.another_event(e)
            or Mistake("never-emitted", f'nothing emits "{event}", so nobody can know.')
        )
    if event != JOINED:
        return None
    newcomer = Pairs(e, len(e.conversation.entries)).last_bound
    skips = any("skip_sid" in emit.narrowed for emit in e.source.emitting(JOINED))
    if {finding.client for finding in missing} == {newcomer} and (e.hearers(JOINED) or skips):
        return Mistake(
            "newcomer-not-told",
            f"{newcomer} has come, and does not hear userJoined: it is for all bound "
            "sockets, the new one too.",
            e.source.emit_of(JOINED),
        )
    if e.hearers(JOINED) == {newcomer}:
        return Mistake(
            "only-the-newcomer-told",
            f"only {newcomer}, who has come, hears userJoined: the others have to hear it.",
            e.source.emit_of(JOINED),
        )
    return None


def _leaving_not_told(e: Evidence) -> Mistake | None:
    """Nobody hears `userLeft` after the last tab of a user has gone."""
    gone = [one.client for one in e.turn if one.kind in (Kind.LEFT, Kind.LOST)]
    if not gone or not e.source.trees:
        return None
    if mistake := silence.not_handled(e, "disconnect") or silence.looks_at_the_reason(e):
        return mistake
    pairs = Pairs(e, len(e.conversation.entries))
    if all(emit.dead for emit in e.source.emitting(LEFT)):
        return Mistake(
            "never-emitted",
            'the handler of "disconnect" does not come to emit "userLeft", so nobody can know.'
            if e.source.emitting(LEFT)
            else 'the handler of "disconnect" does not emit "userLeft", so nobody can know.',
            e.source.handler_of("disconnect"),
        )
    if pairs.times_bound(gone[-1]) > 1 and len(pairs.all_tabs_of(gone[-1])) == 1:
        return Mistake(
            "pair-twice",
            f"{gone[-1]} was bound twice, and one pair remains when it goes. A set has each pair "
            "once.",
            e.source.handler_of("disconnect"),
        )
    if len(pairs.all_tabs_of(gone[-1])) > 1:
        return Mistake(
            "pair-not-removed",
            f"all tabs of {pairs.user_of(gone[-1])} are closed, and nobody is told: the "
            "pairs of the tabs that went before are not removed.",
            e.source.handler_of("disconnect"),
        )
    return None


def kept_after_logout(e: Evidence) -> Mistake | None:
    """Sockets that live on after a logout."""
    kept = [finding.client for finding in e.of(Fault.KEPT)]
    if not kept or not any(one.event == LOGOUT for one in e.turn):
        return None
    ended = [one.client for one in e.turn if one.kind is Kind.LOST]
    if ended:
        return Mistake(
            "one-tab-logged-out",
            f"the logout ends {ended[0]}, and {kept[0]} stays: it is the same user's. Disconnect "
            "the socket of every pair with the user's id.",
        )
    return Mistake(
        "sockets-outlive-the-logout",
        f"the cookie is gone, and {kept[0]} is still connected: a socket keeps the session that "
        "its handshake had. Disconnect it, sio.disconnect(sid).",
    )


def query_per_user(e: Evidence) -> Mistake | None:
    """A list takes more statements where more users are on it."""
    if not e.of(Fault.COSTLY):
        return None
    return Mistake(
        "query-per-user",
        "each user of the list takes a query of its own: N users, N+1 queries. One query reads "
        "them all: select(User).where(User.id.in_(ids)).",
    )


RULES = (
    query_per_user,
    lists,
    told_too_much,
    told_wrongly,
    not_told,
    kept_after_logout,
    hearing.misspelt_emit,
    hearing.emitted_again,
)
