"""Mistakes that show in who heard an event: not the sender, only the sender, all, or twice."""

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.history.values import same
from grader.makechat.frameworks import FLASK, framework
from grader.makechat.mistakes.emitting import answered_to_all
from grader.makechat.mistakes.handlers import inside_connect
from grader.makechat.mistakes.said import first_alone
from grader.makechat.mistakes.silence import inside_another, unheard
from grader.makechat.mistakes.spelling import alike
from grader.report.result import Mistake, Where

_LISTS = ("get online users", "get channels")
_LEFT = "user has left"
_ANSWERS = (*_LISTS, "user changed channel")


def misspelt_emit(e: Evidence) -> Mistake | None:
    """Another event came, whose name is nearly the expected one."""
    heard = {entry.event for entry in e.turn if entry.kind is Kind.HEARD}
    for finding in e.of(Fault.MISSING):
        near = [name for name in heard if alike(name, finding.event)]
        if near and finding.event not in heard:
            emits = e.source.emitting(near[0])
            return Mistake(
                "misspelt-event",
                f'the server emits "{near[0]}", and the page listens to "{finding.event}".',
                emits[0].where if emits else None,
            )
    return None


def another_event(e: Evidence) -> Mistake | None:
    """Another event came in its place: one of the server's own, or one with that very payload."""
    missing = e.of(Fault.MISSING)
    hearers = {finding.client for finding in missing}
    events = {finding.event for finding in missing}
    sent = {entry.event for entry in e.turn if entry.kind is Kind.SENT}
    if len(events) != 1 or e.hearers(missing[0].event):
        return None
    (event,) = events
    for entry in e.turn:
        if entry.kind is not Kind.HEARD or entry.client not in hearers or entry.event in sent:
            continue
        expected = missing[0].expected
        as_expected = expected is not None and expected and same(expected, entry.args)
        own = entry.event not in e.vocabulary.events
        if (own or as_expected) and hearers <= e.hearers(entry.event):
            return Mistake(
                "another-event",
                f'"{entry.event}" comes in place of "{event}", to which this step\'s page listens.',
                e.source.emit_of(entry.event),
            )
    return None


def first_only(e: Evidence) -> Mistake | None:
    """The first event of a socket is handled, and those after it are not."""
    act, missing = e.act, e.of(Fault.MISSING)
    if not act or act.kind is not Kind.SENT or not missing or e.traces or e.hearers(act.event):
        return None
    if {finding.event for finding in missing} != {act.event}:
        return None
    last = max(i for i, one in enumerate(e.conversation.entries) if one is act)
    here = [
        i
        for i, one in enumerate(e.conversation.entries[:last])
        if one.kind is Kind.CONNECTED and one.client == act.client
    ]
    since = here[-1] if here else 0  # another connection is another socket
    earlier = [
        i
        for i, one in enumerate(e.conversation.entries[:last])
        if i > since and one.kind is Kind.SENT
        if (one.client, one.event) == (act.client, act.event)
    ]
    heard = [
        i
        for i, one in enumerate(e.conversation.entries)
        if one.kind is Kind.HEARD and one.event == act.event and earlier and i > earlier[0]
    ]
    if len(earlier) != 1 or not heard:
        return None
    emits = e.source.emitting(act.event)
    elsewhere = any("to" in one.narrowed and not one.to_its_caller for one in emits)
    if elsewhere and not keeping.entering(e.source):
        return None  # it may go to nobody, now that there is something to look it up by
    if any(one.kind is Kind.LEFT for one in e.conversation.entries[earlier[0] : last]):
        return None  # it may be the leaving that has changed something
    if act.event == "user changed channel" and not same(
        act.args, e.conversation.entries[earlier[0]].args
    ):
        return Mistake(
            "first-only",
            f'the first "{act.event}" of {act.client} is answered, and this one is not. Does the '
            "handler know this channel, too, which may be another client's? And does it do its "
            "work each time?",
            e.source.handler_of(act.event),
        )
    return first_alone(e, act.event, act.client)


def said_again(e: Evidence) -> Mistake | None:
    """What somebody says a second time is not handed on, and other things are."""
    entries, event = e.conversation.entries, "new message"
    sent = [n.args for n in entries if n.kind is Kind.SENT and n.event == event]
    for finding in e.about(event, Fault.MISSING) if not e.traces else ():
        told = [entries[i].args for i in e.conversation.heard(finding.client, event)]
        came = sum(same(args, finding.expected) for args in told)
        said = sum(same(args, finding.expected) for args in sent)
        if 0 < came < said and len(told) > came:
            return Mistake(
                "said-again-dropped",
                "the very same was said before, and came; said again, it does not come. Two "
                "messages with the same text are two messages.",
                e.source.handler_of(event),
            )
    return None


def not_the_sender(e: Evidence) -> Mistake | None:
    """Everybody heard it but the one who did it, or, of an answer, the one who asked."""
    missing = {finding.client for finding in e.of(Fault.MISSING)}
    if not e.act or e.act.kind is not Kind.SENT or missing != {e.act.client}:
        return None
    event = e.act.event
    others = e.present - missing
    if not others or e.hearers(event) != others:
        return None
    emits = [emit for emit in e.source.emitting(event) if emit.leaves_out]
    where = emits[0].where if emits else None
    what = f"{e.act.client} has sent it, and only the others hear it"
    if not emits and (mistake := inside_connect(e, what)):
        return mistake
    by = "include_self=False" if emits and emits[0].leaves_out == "include_self" else "skip_sid=sid"
    if event in _ANSWERS:
        return Mistake(
            "answered-to-others",
            f"the answer goes to everybody except {e.act.client}, who asked. {by} leaves "
            "one out; to=sid answers one.",
            where,
        )
    return Mistake(
        "sender-left-out",
        f"everybody hears it except {e.act.client}, who sent it. {by} leaves the sender "
        "out; the page of the sender waits for it like all others.",
        where,
    )


def only_the_sender(e: Evidence) -> Mistake | None:
    """A broadcast that reached the one who did it alone."""
    missing = {finding.client for finding in e.of(Fault.MISSING)}
    if not e.act or e.act.kind is not Kind.SENT or not missing:
        return None
    emits = [emit for emit in e.source.emitting(e.act.event) if emit.narrowed]
    others = e.present - {e.act.client}
    answers = bool(emits) and all(emit.to_its_caller for emit in emits)
    if answers and _each_its_own(e, e.act.event):
        pass
    elif e.hearers(e.act.event) != {e.act.client} or not missing <= others:
        return None
    elif others.isdisjoint(e.joined) and not answers:
        return None  # nobody else has joined: perhaps that is why nobody else hears it
    if framework(e.source) is FLASK:
        return Mistake(
            "only-the-sender",
            f"it reaches {e.act.client}, who sent it, and nobody else. In a handler emit(...) "
            "answers the sender; with broadcast=True it reaches all.",
            emits[0].where if emits else None,
        )
    to_all = (
        "room=channel reaches all who have entered it"
        if e.act.event == "new message" and keeping.entering(e.source)
        else "without to= an emit reaches all"
    )
    return Mistake(
        "only-the-sender",
        f"it reaches {e.act.client}, who sent it, and nobody else. to=sid answers one client; "
        f"{to_all}.",
        emits[0].where if emits else None,
    )


def _each_its_own(e: Evidence, event: str) -> bool:
    """Whether all that was heard of an event was heard by the client that sent it."""
    sent = [(one.client, one.args) for one in e.turn if one.kind is Kind.SENT]
    heard = [one for one in e.turn if one.kind is Kind.HEARD and one.event == event]
    return bool(heard) and all((one.client, one.args) in sent for one in heard)


def only_who_joined(e: Evidence) -> Mistake | None:
    """A broadcast that did not reach those who are connected and have not joined."""
    for finding in e.of(Fault.MISSING):
        hearers = e.hearers(finding.event)
        joined = e.present & set(e.joined)
        # A sender alone among them might be the only one because it is the sender.
        enough = len(joined) > 1 or (e.act and e.act.kind is Kind.LEFT)
        if enough and hearers and hearers == joined and finding.client not in joined:
            return Mistake(
                "only-who-joined",
                f"only those who have joined hear it. {finding.client} is connected, has the "
                "page open, and wants to know too: emit without to=.",
            )
    return None


def left_told_to_a_room(e: Evidence) -> Mistake | None:
    """Who has left is told to a room, or to one client, and others want to know."""
    missing = e.about(_LEFT, Fault.MISSING)
    emits = e.source.emitting(_LEFT, handling="disconnect")
    gone = e.act is not None and e.act.kind in (Kind.LEFT, Kind.LOST)
    if not missing or not gone or not emits:
        return None
    if any(one.to_its_caller or not one.addressed for one in emits):
        return None
    return Mistake(
        "left-told-to-a-room",
        f'"{_LEFT}" is emitted to a room, or to one client, and {missing[0].client} is not told. '
        "Every page has the list of users: without to= an emit reaches all.",
        emits[0].where,
    )


def list_to_all(e: Evidence) -> Mistake | None:
    """A list that was broadcast."""
    act = e.act
    surplus = [f for f in e.of(Fault.SURPLUS) if act and f.client != act.client]
    if not act or not surplus or surplus[0].event != act.event or act.event not in _LISTS:
        return None
    if act.client not in e.hearers(act.event):
        return None
    return answered_to_all(e.source.emitting(act.event))


def emitted_again(e: Evidence) -> Mistake | None:
    """One event in, the same event out more than once."""
    kinds = (Kind.SENT, Kind.LEFT, *((Kind.CONNECTED,) if e.vocabulary.arrivals else ()))
    acts = [
        entry
        for entry in e.turn
        if entry.kind in kinds
        and entry.event not in e.vocabulary.asked - {f.event for f in e.findings}
    ]
    for finding in e.of(Fault.SURPLUS):
        came = [payload for payload in e.heard_of(finding) if same(payload, finding.got)]
        if len(came) > 1 and len(acts) == 1:
            emits = e.source.emitting(finding.event)
            nested = [one for one in e.source.listening_to(acts[0].event) if one.handler]
            if nested:
                return inside_another(acts[0].event, nested[0])
            both = e.source.listening_to(acts[0].event) if e.source.scripts else []
            if len(both) > 1:
                return Mistake(
                    "handled-twice",
                    f'{len(both)} handlers listen to "{acts[0].event}", and Node calls them all. '
                    "Keep one.",
                    both[-1].where,
                )
            in_loop = [emit for emit in emits if emit.in_loop]
            narrowed = bool(emits) and all(one.addressed for one in emits)
            where: Where | None
            if in_loop:
                where = in_loop[0].where
                why = (
                    "Each time round, the loop reaches the same clients."
                    if narrowed
                    else "An emit without to= inside a loop reaches everybody each time round."
                )
            else:
                where = emits[-1].where if len(emits) > 1 else None
                why = (
                    "One emit reaches all who are to hear it."
                    if narrowed
                    else "One emit without to= reaches every client."
                )
            return Mistake("emitted-again", f"it is emitted {len(came)} times. {why}", where)
    return None


RULES = (
    misspelt_emit,
    another_event,
    first_only,
    said_again,
    unheard,
    not_the_sender,
    only_the_sender,
    only_who_joined,
    left_told_to_a_room,
    list_to_all,
    emitted_again,
)
