"""Mistakes of step 13 that show where a socket is bound, and its list or the news does not come."""

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.history.findings import Fault
from grader.history.values import same
from grader.makechat.mistakes.pairs import Pairs
from grader.makechat.presence import JOINED, LEFT, LIST
from grader.report.result import Mistake, Where

_NOWHERE = 99  # the place of an argument that is looked for by its keyword alone


def stranger_refused(e: Evidence) -> Mistake | None:
    """A client that has not logged in is not let in."""
    pairs = Pairs(e)
    for finding in e.of(Fault.REFUSED):
        if finding.text in e.source.literals and not pairs.names_of(finding.client):
            return Mistake(
                "stranger-refused",
                f"{finding.client} has not logged in, and is refused, with “{finding.text}”. In "
                "this step a socket without a session may connect: it belongs to nobody yet.",
                e.source.handler_of("connect"),
            )
    return None


def left_out(e: Evidence) -> Mistake | None:
    """The list goes to others than the socket that was bound."""
    bound = Pairs(e).last_bound
    missing = {finding.client for finding in e.about(LIST, Fault.MISSING)}
    skipping = [emit for emit in e.source.emitting(LIST) if emit.leaves_out]
    if missing != {bound} or not skipping:
        return None
    return Mistake(
        "newcomer-left-out",
        f"{bound} is bound, and {skipping[0].leaves_out} leaves just this socket out of those that "
        f"get {LIST}. The list is for it alone.",
        skipping[0].where,
    )


def listed_again(e: Evidence) -> Mistake | None:
    """A socket is bound once, and gets the same list more than once."""
    emits = e.source.emitting(LIST)
    for finding in e.about(LIST, Fault.SURPLUS):
        came = [payload for payload in e.heard_of(finding) if same(payload, finding.got)]
        if len(came) > 1 and Pairs(e).last_bound == finding.client:
            return Mistake(
                "emitted-again",
                f"{finding.client} is bound, and gets the list {len(came)} times: once is enough.",
                emits[-1].where if len(emits) > 1 else None,
            )
    return None


def room_of_nobody(e: Evidence) -> Mistake | None:
    """What everybody is to hear goes to a room in which nobody is."""
    for event in (JOINED, LEFT):
        if not e.about(event, Fault.MISSING) or e.hearers(event):
            continue
        rooms = _rooms(e, event)
        entered = {
            *e.source.given("enter_room", keyword="room", place=1),
            *e.source.given("join_room", keyword="room"),
        }
        entering = keeping.entering(e.source)
        if not rooms or len(entered) < len(entering):
            continue  # a room's name is made up at run time
        (room, where), *_ = rooms
        if not entering:
            return Mistake(
                "room-not-entered",
                f"{event} goes to the room “{room}”, and nobody enters a room: await "
                "sio.enter_room(sid, room) puts the socket into it.",
                where,
            )
        names = sorted({name for name, _ in entered})
        if names and not {name for name, _ in rooms} & {*names}:
            return Mistake(
                "another-room",
                f"{event} goes to the room “{room}”, in which nobody is: the sockets enter "
                f"“{names[0]}”.",
                where,
            )
    return None


def _rooms(e: Evidence, event: str) -> list[tuple[str, Where]]:
    """The rooms to which an event goes, with the places; none where one is not written out."""
    emits = e.source.emitting(event)
    places = [one.where for one in emits]
    rooms = [
        (room, where)
        for keyword in ("room", "to")
        for room, where in e.source.given("emit", keyword=keyword, place=_NOWHERE)
        if where in places
    ]
    return rooms if len(rooms) == len(emits) else []


RULES = (left_out, listed_again, room_of_nobody)
