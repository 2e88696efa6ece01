"""Mistakes of step 13 that show in what clients hear: the list, who has come, who has left."""

from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.history.values import same
from grader.makechat.mistakes import hearing, leaving
from grader.makechat.mistakes.bindings import one_user_for_all
from grader.makechat.mistakes.pairs import CONNECTED, Pairs, names
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
            "removed, or the list is not made from the pairs.",
            e.source.handler_of("disconnect"),
        )
    own = pairs.user_of(finding.client)
    earlier = [one for one in pairs.names_of(finding.client) if one in came]
    if missing == [own] and earlier and not _joined(e, own):
        return Mistake(
            "name-of-an-earlier-login",
            f"the browser was logged in as {earlier[0]} before, and is logged in as {own} now. A "
            "login puts its own user into the session, whatever is there already.",
        )
    if not more and missing == [own] and not pairs.before(finding.client):
        return Mistake(
            "listed-too-early",
            f"the newcomer, {missing[0]}, is not on the list: the list is made before the pair is "
            "added, or leaves the newcomer out.",
            where,
        )
    return None


def _joined(e: Evidence, name: str) -> bool:
    """Whether somebody is told in the turn that the user has come."""
    return any(
        entry.kind is Kind.HEARD and entry.event == JOINED and name in names(entry.args)
        for entry in e.turn
    )


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
                f"for one more tab. Emit it only where no pair has the user's id yet{_at_once(e)}.",
                e.source.emit_of(JOINED),
            )
        if finding.event == LEFT and (mistake := leaving.too_early(e, pairs)):
            return mistake
    return None


def _at_once(e: Evidence) -> str:
    """What else there is to do where a socket is to be bound while another one is."""
    waiting = 0
    for entry in e.turn:
        if entry.kind is Kind.REQUESTED and entry.event.startswith(CONNECTED):
            waiting += 1
        elif entry.kind is Kind.ANSWERED:
            waiting = 0
        if waiting > 1:
            return ", and hold a lock from looking to adding: tabs come at the same time"
    return ""


def told_wrongly(e: Evidence) -> Mistake | None:
    """`userJoined` or `userLeft` with another payload."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.entry is None or not finding.expected or len(finding.got or ()) != 1:
            continue
        (got,) = finding.got or ((),)
        if finding.event == LEFT:
            return leaving.payload(e, got)
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


def not_told(e: Evidence) -> Mistake | None:
    """`userJoined` or `userLeft` that did not come, to some or to all."""
    missing = e.of(Fault.MISSING)
    events = {finding.event for finding in missing}
    if len(events) != 1:
        return None
    (event,) = events
    if event == LEFT:
        return None if e.hearers(LEFT) else hearing.misspelt_emit(e) or leaving.not_told(e)
    if e.source.trees and event in (LIST, JOINED) and event not in e.source.literals:
        return (
            hearing.misspelt_emit(e)
            or hearing.another_event(e)
            or Mistake("never-emitted", f'nothing emits "{event}", so no client is told.')
        )
    if event != JOINED:
        return None
    newcomer = Pairs(e).last_bound
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
    leaving.kept_after_logout,
    hearing.misspelt_emit,
    hearing.emitted_again,
)
