"""The checks of 06_disconnect: when somebody is missed, and what becomes of him.

What is expected is computed from how the input was drawn, not as a solution would do it.
"""

from typing import Any

from grader.makechat.exercises.drawn import ROUNDS, some_sids
from grader.notebook.exercise import Trial, exercise

NAMES = ("amy", "terry", "zoë", "bob")
TEXT = bytes.fromhex("810132")  # a server's frame with the text 2
DECEIVING = bytes.fromhex("8204880203e9")  # one whose payload looks like a close frame


def a_heart(trial: Trial) -> tuple[int, int]:
    """An interval and a timeout; either may be the longer one."""
    return trial.random.randrange(2, 3000), trial.random.randrange(1, 3000)


@exercise(
    points=1,
    hint=("Pings go out at 1, 2, 3 … intervals. The first one after the cut is never answered."),
)
async def noticed_at_counts_from_the_lost_ping(trial: Trial) -> None:
    """noticed_at counts the timeout from the first ping that is lost"""
    for _ in range(ROUNDS):
        interval, timeout = a_heart(trial)
        answered = trial.random.randrange(6)
        cut = answered * interval + trial.random.randrange(1, interval)
        lost = (answered + 1) * interval
        await trial.expect(lost + timeout, "noticed_at", cut, interval, timeout)


@exercise(points=1, hint="With an interval of 1000 and a cut at 2000, the ping at 2000 is lost.")
async def noticed_at_loses_the_ping_of_that_moment(trial: Trial) -> None:
    """noticed_at takes a ping at the moment of the cut for lost"""
    for _ in range(ROUNDS):
        interval, timeout = a_heart(trial)
        cut = trial.random.randrange(1, 6) * interval
        await trial.expect(cut + timeout, "noticed_at", cut, interval, timeout)


@exercise(points=1, hint="The first ping goes out one interval after the arrival, and none before.")
async def noticed_at_has_no_ping_on_arrival(trial: Trial) -> None:
    """noticed_at has no ping on arrival, even where the cut is at 0"""
    for _ in range(ROUNDS):
        interval, timeout = a_heart(trial)
        await trial.expect(interval + timeout, "noticed_at", 0, interval, timeout)


@exercise(
    points=1,
    hint="Opcode 8, in the lower half of the first byte; the code is the payload's first 2 bytes.",
)
async def close_code_reads_the_code(trial: Trial) -> None:
    """close_code reads the code, with a reason after it or without"""
    for _ in range(ROUNDS):
        code = trial.random.choice((1000, 1001, 1011, 3000, trial.random.randrange(4000, 5000)))
        reason = trial.random.choice(("", "bye", "tschüß"))
        payload = code.to_bytes(2, "big") + reason.encode()
        close = bytes([0x88, len(payload)]) + payload
        before = TEXT * trial.random.randrange(3)
        await trial.expect(code, "close_code", before + close)


@exercise(
    points=1,
    hint="Go from frame to frame: the second byte is the length of the payload, which you skip.",
)
async def close_code_goes_frame_by_frame(trial: Trial) -> None:
    """close_code is not misled by what other frames carry"""
    for _ in range(ROUNDS):
        code = trial.random.randrange(4000, 5000)
        close = b"\x88\x02" + code.to_bytes(2, "big")
        longer = b"\x82\x0b" + b"\x88" * 11
        before = [DECEIVING, TEXT, longer, b"\x89\x00"]
        trial.random.shuffle(before)
        await trial.expect(code, "close_code", b"".join(before) + close)


@exercise(points=1, hint="A close frame may have no payload, and so no code.")
async def close_code_without_a_code(trial: Trial) -> None:
    """close_code is 1005 for a close frame that has no code"""
    for before in (b"", TEXT, DECEIVING):
        await trial.expect(1005, "close_code", before + b"\x88\x00")


@exercise(points=1, hint="No frame with opcode 8 among them, or no frame at all.")
async def close_code_without_a_close(trial: Trial) -> None:
    """close_code is 1006 where no close frame came"""
    for received in (b"", TEXT, TEXT + b"\x89\x00", TEXT + DECEIVING):
        await trial.expect(1006, "close_code", received)


@exercise(points=1, hint="now - when > timeout, and not >=: the timeout itself may be used up.")
async def overdue_is_longer_than_the_timeout(trial: Trial) -> None:
    """overdue gives up a client that owes a pong for longer than the timeout"""
    for _ in range(ROUNDS):
        timeout = trial.random.randrange(5, 50)
        now = timeout + trial.random.randrange(10, 50)
        one, two, three = some_sids(trial, 3)
        log = [(now - timeout - 1, one, "ping"), (now - timeout, two, "ping")]
        log.append((now - timeout + 1, three, "ping"))
        await trial.expect([one], "overdue", log, now, timeout)


@exercise(points=1, hint="A pong settles the ping before it. Forget that one.")
async def overdue_is_settled_by_a_pong(trial: Trial) -> None:
    """overdue leaves a client alone that has answered, however long ago"""
    for _ in range(ROUNDS):
        timeout = trial.random.randrange(5, 20)
        one, two = some_sids(trial, 2)
        late = timeout + 5  # its pong came late, and in time for this round
        log = [(0, one, "ping"), (1, two, "ping"), (2, one, "pong"), (late, two, "pong")]
        await trial.expect([], "overdue", log, late + trial.random.randrange(100), timeout)


@exercise(points=1, hint="What counts is the ping that is not answered, not an earlier one.")
async def overdue_counts_from_the_last_ping(trial: Trial) -> None:
    """overdue counts from the ping that is not answered"""
    for _ in range(ROUNDS):
        timeout = trial.random.randrange(5, 20)
        one, two = some_sids(trial, 2)
        log = [(0, one, "ping"), (1, one, "pong"), (2, two, "ping"), (3, two, "pong")]
        again = 100
        log += [(again, two, "ping"), (again + timeout, one, "ping")]
        await trial.expect([two], "overdue", log, again + timeout + 1, timeout)


@exercise(points=1, hint="In the order of the pings that are not answered, not of names.")
async def overdue_has_the_oldest_ping_first(trial: Trial) -> None:
    """overdue has the clients first whose unanswered ping is older"""
    for _ in range(ROUNDS):
        sids = some_sids(trial, 5)
        log = [(when, sid, what) for when, sid in enumerate(sids) for what in ("ping", "pong")]
        again = trial.random.sample(sids, 4)
        log += [(10 + when, sid, "ping") for when, sid in enumerate(again)]
        await trial.expect(again, "overdue", log, 99, trial.random.randrange(5, 50))


@exercise(points=1, hint="Keep for each sid which name it has; sorted(set(…)) at the end.")
async def online_lists_who_has_joined(trial: Trial) -> None:
    """online lists users who have joined and not gone, sorted, each once"""
    for _ in range(ROUNDS):
        names = trial.random.sample(NAMES, len(NAMES))
        sids = some_sids(trial, len(NAMES))
        events: list[Any] = [("joined", *one) for one in zip(sids, names, strict=True)]
        events += [("joined", "s0", names[1]), ("gone", sids[0])]
        await trial.expect(sorted(names[1:]), "online", events)


@exercise(points=2, hint="A socket has gone, not a name. Is there another one with that name?")
async def online_goes_by_sockets(trial: Trial) -> None:
    """online keeps a name as long as one of its sockets is there"""
    for gone_first in range(3):
        name, other = trial.random.sample(NAMES, 2)
        sids = some_sids(trial, 3)
        events: list[Any] = [("joined", sid, name) for sid in sids]
        events += [("gone", sids.pop(gone_first)), ("joined", "s0", other)]
        await trial.expect(sorted((name, other)), "online", events)
        events.append(("gone", sids.pop(trial.random.randrange(2))))
        await trial.expect(sorted((name, other)), "online", events)
        events.append(("gone", sids.pop()))
        await trial.expect([other], "online", events)


@exercise(points=1, hint="dict.pop(sid, None) does not mind a sid that is not there.")
async def online_knows_strangers(trial: Trial) -> None:
    """online does not mind a socket that goes and never joined"""
    for _ in range(ROUNDS):
        name = trial.random.choice(NAMES)
        one, stranger = some_sids(trial, 2)
        await trial.expect([], "online", [("gone", stranger)])
        events = [("gone", stranger), ("joined", one, name), ("gone", stranger)]
        await trial.expect([name], "online", events)


@exercise(points=1, hint="A socket has one name, the last one that it joined with.")
async def online_gives_a_former_name_up(trial: Trial) -> None:
    """online gives up the former name of a socket that joins again"""
    for _ in range(ROUNDS):
        former, name = trial.random.sample(NAMES, 2)
        (sid,) = some_sids(trial, 1)
        joined = [("joined", sid, former), ("joined", sid, name)]
        await trial.expect([name], "online", joined)
        await trial.expect([], "online", [*joined, ("joined", sid, name), ("gone", sid)])


@exercise(points=1, hint="For the others, a user who is back in time has never left.")
async def told_others_nothing_of_a_short_absence(trial: Trial) -> None:
    """told_others says nothing of a short absence"""
    for _ in range(ROUNDS):
        grace = trial.random.randrange(3, 30)
        left = trial.random.randrange(100)
        back = left + trial.random.randrange(1, grace)
        changes = [(left, "left"), (back, "back"), (back + 1, "left"), (back + 2, "back")]
        await trial.expect([], "told_others", changes, grace)


@exercise(points=1, hint="Not the moment at which he left, but the end of the grace period.")
async def told_others_of_a_long_absence(trial: Trial) -> None:
    """told_others says later that he left, and at once that he is back"""
    for _ in range(ROUNDS):
        grace = trial.random.randrange(2, 30)
        left = trial.random.randrange(100)
        back = left + grace + trial.random.randrange(1, 50)
        soon = back + trial.random.randrange(1, 50)
        changes = [(left, "left"), (back, "back"), (soon, "left"), (soon + 1, "back")]
        should = [(left + grace, "left"), (back, "back")]
        await trial.expect(should, "told_others", changes, grace)


@exercise(points=1, hint="Back at the very moment at which the grace period ends is in time.")
async def told_others_nothing_at_the_last_moment(trial: Trial) -> None:
    """told_others says nothing where he is back at the last moment"""
    for _ in range(ROUNDS):
        grace = trial.random.randrange(1, 30)
        left = trial.random.randrange(100)
        changes = [(left, "left"), (left + grace, "back")]
        await trial.expect([], "told_others", changes, grace)


@exercise(points=1, hint="Time goes on after the last change: the grace period ends all the same.")
async def told_others_of_who_stays_away(trial: Trial) -> None:
    """told_others says that he left where he never comes back"""
    await trial.expect([], "told_others", [], 5)
    for _ in range(ROUNDS):
        grace = trial.random.randrange(2, 30)
        left = trial.random.randrange(100)
        changes = [(left, "left"), (left + 1, "back"), (left + 2, "left")]
        await trial.expect([(left + 2 + grace, "left")], "told_others", changes, grace)
