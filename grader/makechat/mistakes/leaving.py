"""Mistakes of step 13 that show when a tab or a user goes: who is told, and what is kept."""

from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.mistakes import forgetting, silence
from grader.makechat.mistakes.pairs import CONNECTED, LOGOUT, Pairs
from grader.makechat.presence import JOINED, LEFT
from grader.report.result import Mistake


def too_early(e: Evidence, pairs: Pairs) -> Mistake | None:
    """userLeft comes while the user still has a tab, or where nobody has left."""
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
            f"{user} still has a tab, which was opened before the one that is closed now. Either "
            "the second tab overwrote the first, or the one that closes takes the other's pair "
            "with it. Keep a pair for each tab, and emit userLeft only where none with the user's "
            "id remains.",
            e.source.handler_of("disconnect"),
        )
    return Mistake(
        "left-on-the-first-tab",
        f"{user} closes one tab and has another, and userLeft is sent. Emit it only where no pair "
        "with the user's id remains.",
        e.source.handler_of("disconnect"),
    )


def payload(e: Evidence, got: Any) -> Mistake | None:
    """userLeft comes with something else than the id of the user who has left."""
    value = got.get("id") if isinstance(got, dict) else None
    if isinstance(value, str) and value in e.conversation.sids:
        return Mistake(
            "left-names-the-socket",
            "userLeft has the id of the socket. The page knows users: send the user's id.",
            e.source.emit_of(LEFT),
        )
    return None


def not_told(e: Evidence) -> Mistake | None:
    """Nobody hears `userLeft` after the last tab of a user has gone."""
    gone = [one.client for one in e.turn if one.kind in (Kind.LEFT, Kind.LOST)]
    if not gone or not e.source.trees:
        return None
    if mistake := silence.not_handled(e, "disconnect") or forgetting.looks_at_the_reason(e):
        return mistake
    pairs = Pairs(e)
    if any(emit.to_its_caller for emit in e.source.emitting(LEFT)):
        return Mistake(
            "only-the-sender",
            f"userLeft goes to the socket of {gone[-1]} alone, which has gone: it is for the "
            "others. Give emit the room in which all bound sockets are.",
            e.source.emit_of(LEFT),
        )
    elsewhere = e.source.emits_otherwise(LEFT)
    if not elsewhere and all(emit.dead for emit in e.source.emitting(LEFT)):
        return Mistake(
            "never-emitted",
            'the handler of "disconnect" does not come to emit "userLeft", so no client is told.'
            if e.source.emitting(LEFT)
            else 'the handler of "disconnect" does not emit "userLeft", so no client is told.',
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
    alive = f"the cookie is gone, and {kept[0]} is still connected"
    if e.source.calls("disconnect"):
        return Mistake(
            "sockets-outlive-the-logout",
            f"{alive}: what disconnects sockets was not reached, or not with this user. Does "
            "another function answer /logout, does something end this one before, or is the "
            "session empty already when you ask whose it is?",
        )
    return Mistake(
        "sockets-outlive-the-logout",
        f"{alive}: a socket keeps the session that its handshake had. Read whose session it is "
        "before you empty it, and disconnect all sockets of that user.",
    )
