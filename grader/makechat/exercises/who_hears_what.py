"""The checks of 05_who_hears_what: the exercises on rooms, and on what a history proves."""

from typing import Any, TypeVar

from grader.notebook.exercise import Trial, exercise

ROUNDS = 10  # of inputs that are drawn
NAMES = ("amy", "ann", "bob", "zoe")  # short, as a long call is not shown whole
ROOMS = ("General", "Python", "Jazz")
SIDS = ("k3", "Q7", "xA", "p0")  # in the order in which they connected

Item = TypeVar("Item")


def some_rooms(trial: Trial) -> dict[str, list[str]]:
    """Rooms with 1 to 3 members each, in any order."""
    return {room: trial.random.sample(SIDS, trial.random.randrange(1, 4)) for room in ROOMS}


def as_connected(sids: set[str]) -> list[str]:
    return [sid for sid in SIDS if sid in sids]


def mixed(trial: Trial, *lanes: list[Item]) -> list[Item]:
    """All lanes in one, in which each keeps its order."""
    turns = [number for number, lane in enumerate(lanes) for _ in lane]
    trial.random.shuffle(turns)
    left = [iter(lane) for lane in lanes]
    return [next(left[number]) for number in turns]


@exercise(points=1, hint="Whatever is empty means everybody: None, an empty text, an empty list.")
async def hearers_of_an_empty_to_are_all(trial: Trial) -> None:
    """hearers: an emit to nobody in particular reaches everybody"""
    await trial.expect([*SIDS], "hearers", [*SIDS], some_rooms(trial))
    nobody: tuple[Any, ...] = (None, "", [])
    for to in nobody:
        await trial.expect([*SIDS], "hearers", [*SIDS], some_rooms(trial), to)


@exercise(points=1, hint="Members in the order of `clients`; of a room that is not there, none.")
async def hearers_are_those_in_the_room(trial: Trial) -> None:
    """hearers: an emit to a room reaches its members, and one to no room nobody"""
    for _ in range(ROUNDS):
        rooms = some_rooms(trial)
        room = trial.random.choice(ROOMS)
        await trial.expect(as_connected({*rooms[room]}), "hearers", [*SIDS], rooms, room)
    await trial.expect([], "hearers", [*SIDS], some_rooms(trial), "Cobol")


@exercise(points=1, hint="A sid is the room of that client alone, and of nobody once it has gone.")
async def hearers_are_in_rooms_of_their_own(trial: Trial) -> None:
    """hearers: an emit to a sid reaches that one, unless it has gone"""
    for sid in SIDS:
        await trial.expect([sid], "hearers", [*SIDS], some_rooms(trial), sid)
    await trial.expect([], "hearers", [*SIDS[1:]], {"Jazz": [SIDS[1]]}, SIDS[0])


@exercise(points=1, hint="Put all who are reached into one set, then go through `clients`.")
async def hearers_of_a_list_hear_once(trial: Trial) -> None:
    """hearers: an emit to a list of rooms and sids reaches each client once"""
    for _ in range(ROUNDS):
        rooms = some_rooms(trial)
        one, two = trial.random.sample(ROOMS, 2)
        sid = trial.random.choice(SIDS)
        reached = as_connected({sid, *rooms[one], *rooms[two]})
        await trial.expect(reached, "hearers", [*SIDS], rooms, [one, sid, two])


@exercise(points=1, hint="skip is one sid or a list of them, and holds whatever `to` is.")
async def hearers_are_skipped(trial: Trial) -> None:
    """hearers leaves out the sid, or the sids, to be skipped"""
    rooms = {"Python": [SIDS[2], SIDS[0], SIDS[1]]}
    for to, among in ((None, SIDS), ("Python", SIDS[:3])):
        for skip in (*SIDS, trial.random.sample(SIDS, 2), []):
            left = [sid for sid in among if sid not in skip]
            await trial.expect(left, "hearers", [*SIDS], rooms, to, skip)


@exercise(points=1, hint="Each event has a row of its own, and each `hears` adds 1 in one place.")
async def table_counts(trial: Trial) -> None:
    """table counts who has heard what, and how often"""
    for _ in range(ROUNDS):
        many = trial.random.choice((1, 2))
        names = trial.random.sample(NAMES, many)
        events = trial.random.sample(("hi", "so", "no"), 3 - many)
        counts = {event: {name: trial.random.choice((1, 2)) for name in names} for event in events}
        sent = [(names[0], "sends", event) for event in events]
        heard = [
            [(name, "hears", event)] * times
            for event, row in counts.items()
            for name, times in row.items()
        ]
        await trial.expect(counts, "table", names, [*sent, *mixed(trial, *heard)])


@exercise(points=1, hint="For each event that is sent, begin with a row of zeros: all `clients`.")
async def table_has_empty_places(trial: Trial) -> None:
    """table has a row for what nobody heard, and a 0 for a client that heard nothing"""
    loud, quiet, deaf = trial.random.sample(NAMES, 3)
    history = [(loud, "sends", "hi"), (loud, "sends", "psst"), (quiet, "hears", "hi")]
    counts = {"hi": {loud: 0, quiet: 1, deaf: 0}, "psst": {loud: 0, quiet: 0, deaf: 0}}
    await trial.expect(counts, "table", [loud, quiet, deaf], history)


def proof(sender: str, client: str, event: str = "hi") -> list[tuple[str, str, str]]:
    """A history that proves that the client did not hear the sender's event."""
    asked = [(client, "asks", ""), (client, "answered", "")]
    return [(sender, "sends", event), (sender, "done", event), *asked]


@exercise(points=1, hint="Look for (client, 'hears', event) in the whole history: just this event.")
async def verdict_knows_what_was_heard(trial: Trial) -> None:
    """verdict: what the client hears is heard, early or late"""
    amy, bob, zoe = trial.random.sample(NAMES, 3)
    for place in (1, 2, 3):
        history = proof(amy, bob)
        history.insert(place, (bob, "hears", "hi"))
        await trial.expect("heard", "verdict", history, "hi", bob)
        await trial.expect("heard", "verdict", history[: place + 1], "hi", bob)
    sent, *rest = proof(amy, bob)
    for other in ((zoe, "hears", "hi"), (bob, "hears", "bye")):
        history = [sent, *mixed(trial, [other], rest)]
        await trial.expect("not heard", "verdict", history, "hi", bob)


@exercise(points=1, hint="Other entries may be in between: look for the next one that counts.")
async def verdict_accepts_a_proof(trial: Trial) -> None:
    """verdict: a question asked when all was done, and answered, is a proof"""
    for place in range(1, 5):
        amy, bob, zoe = trial.random.sample(NAMES, 3)
        history = proof(amy, bob)
        history[place:place] = [(zoe, "asks", ""), (zoe, "hears", "hi")]
        await trial.expect("not heard", "verdict", history, "hi", bob)


@exercise(
    points=1, hint="Only what is asked after done counts. Where it was not, look for a later one."
)
async def verdict_wants_the_handler_done(trial: Trial) -> None:
    """verdict: a question asked before the handler was done proves nothing"""
    amy, bob = trial.random.sample(NAMES, 2)
    sent, done, asks, answered = proof(amy, bob)
    early = (
        [sent, asks, answered],
        [sent, asks, answered, done],
        [sent, asks, done, answered],
        [sent, asks, done, answered, asks],
    )
    for history in early:
        await trial.expect("unknown", "verdict", history, "hi", bob)
    again = [*early[-1], answered]
    await trial.expect("not heard", "verdict", again, "hi", bob)


@exercise(points=1, hint="Neither done nor a question that is still open proves anything.")
async def verdict_wants_the_answer(trial: Trial) -> None:
    """verdict: without a question, or without its answer, nothing is known"""
    amy, bob = trial.random.sample(NAMES, 2)
    for length in range(4):
        await trial.expect("unknown", "verdict", proof(amy, bob)[:length], "hi", bob)


@exercise(points=1, hint="Each client has a line of its own, and each event is done for itself.")
async def verdict_is_of_one_client_and_event(trial: Trial) -> None:
    """verdict: what others ask, and what else is done, proves nothing"""
    amy, bob, zoe = trial.random.sample(NAMES, 3)
    await trial.expect("unknown", "verdict", proof(amy, zoe), "hi", bob)
    history = [(amy, "sends", "hi"), *proof(zoe, bob, "?"), (amy, "done", "hi")]
    await trial.expect("unknown", "verdict", history, "hi", bob)
    # The sender may be asked about, too.
    await trial.expect("not heard", "verdict", proof(amy, amy), "hi", amy)


@exercise(
    points=1,
    hint=(
        "Go from entry to entry; all that a client hears outside a channel is in the "
        "list, each time."
    ),
)
async def leaks_are_heard_outside(trial: Trial) -> None:
    """leaks finds what came from a channel not entered yet, or left"""
    for _ in range(ROUNDS):
        amy, bob = trial.random.sample(NAMES, 2)
        one, two = trial.random.sample(ROOMS, 2)
        enters, hears, leaves = ((amy, what, one) for what in ("enters", "hears", "leaves"))
        stay = [hears, enters, hears, leaves, hears]
        await trial.expect([(amy, one), (amy, one)], "leaks", stay)
        # Where he is, and where she is: both are in a channel, each in another one.
        apart = [enters, (bob, "enters", two), (bob, "hears", one), (amy, "hears", two)]
        await trial.expect([(bob, one), (amy, two)], "leaks", apart)


@exercise(points=1, hint="To enter another channel does not leave the one before.")
async def leaks_are_not_from_the_channel_before(trial: Trial) -> None:
    """leaks knows that a client may be in several channels at once"""
    amy = trial.random.choice(NAMES)
    one, two, other = trial.random.sample(ROOMS, 3)
    entered = [(amy, "enters", one), (amy, "enters", two)]
    for channel in (one, two):
        await trial.expect([], "leaks", [*entered, (amy, "hears", channel)])
    heard = [(amy, "leaves", two), (amy, "hears", one), (amy, "hears", other)]
    await trial.expect([(amy, other)], "leaks", [*entered, *heard])


@exercise(points=1, hint="A room is a set: to leave once is enough, and to leave again no error.")
async def leaks_take_rooms_as_sets(trial: Trial) -> None:
    """leaks knows that a client that enters twice has left by leaving once"""
    amy = trial.random.choice(NAMES)
    one, two = trial.random.sample(ROOMS, 2)
    enters, leaves, hears = ((amy, what, one) for what in ("enters", "leaves", "hears"))
    await trial.expect([(amy, one)], "leaks", [enters, enters, leaves, hears])
    await trial.expect([], "leaks", [enters, leaves, leaves, enters, hears])
    await trial.expect([], "leaks", [enters, (amy, "leaves", two), hears])


@exercise(points=1, hint="A client that goes leaves all channels, and nobody else does.")
async def leaks_know_that_rooms_go_with_the_connection(trial: Trial) -> None:
    """leaks knows that a client that has gone, and comes back, is in no channel"""
    amy, bob = trial.random.sample(NAMES, 2)
    one, two = trial.random.sample(ROOMS, 2)
    goes = (amy, "goes", "")
    left = [(amy, "enters", one), (bob, "enters", one), goes, (amy, "hears", one)]
    await trial.expect([(amy, one)], "leaks", [*left, (bob, "hears", one)])
    back = [(amy, "enters", one), goes, (amy, "enters", two)]
    heard = [(amy, "hears", one), (amy, "hears", two)]
    await trial.expect([(amy, one)], "leaks", [*back, *heard])


def two_talk(trial: Trial) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What two senders say: one three texts, the last of which was the first, the other two."""
    amy, bob = trial.random.sample(NAMES, 2)
    one, two, *others = (str(number) for number in trial.random.sample(range(10), 4))
    return [(amy, one), (amy, two), (amy, one)], [(bob, text) for text in others]


@exercise(points=1, hint="Compare, sender by sender, the list of what was sent and of what came.")
async def in_order_takes_any_mix(trial: Trial) -> None:
    """in_order: the texts of several senders may be mixed in any way"""
    await trial.expect(True, "in_order", [], [])
    for _ in range(ROUNDS):
        lanes = two_talk(trial)
        await trial.expect(True, "in_order", mixed(trial, *lanes), mixed(trial, *lanes))


@exercise(points=1, hint="That all is there is not enough: each sender's texts keep their order.")
async def in_order_notices_a_swap(trial: Trial) -> None:
    """in_order: what one sender said must not change its order"""
    for _ in range(ROUNDS):
        amy, bob = two_talk(trial)
        first, second, third = amy
        turned = trial.random.choice(([second, first, third], [first, third, second]))
        await trial.expect(False, "in_order", mixed(trial, amy, bob), mixed(trial, turned, bob))


@exercise(points=1, hint="A text less, one more, or a sender who never spoke: each is wrong.")
async def in_order_counts(trial: Trial) -> None:
    """in_order: nothing is missing, and nothing is heard twice or never said"""
    amy, (other, _) = two_talk(trial)
    sent = mixed(trial, amy, [other])
    for heard in (amy[:-1], amy[1:], [*amy, amy[-1]], [amy[0], *amy], []):
        await trial.expect(False, "in_order", sent, mixed(trial, heard, [other]))
    await trial.expect(False, "in_order", amy, mixed(trial, amy, [other]))
