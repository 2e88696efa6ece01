"""The checks of 07_presence: what a packet weighs, and whom to tell of what.

Those on what a page shows, and has missed, are in `presence_page`. What is expected is computed
from how the input was drawn, not as a solution would do it.
"""

from typing import Any

from grader.makechat.exercises.drawn import ROUNDS, some_names, some_sids
from grader.makechat.exercises.presence_page import joined, left
from grader.notebook.exercise import Trial, exercise


def a_packet(trial: Trial, length: int) -> str:
    """An event of so many characters, at least 8, all of them ASCII."""
    return f'42["{trial.random.choice("abcdef") * (length - 6)}"]'


@exercise(points=1, hint="Two bytes of header in front of up to 125 bytes of payload.")
async def weight_of_a_short_packet(trial: Trial) -> None:
    """weight counts the packet and a header of 2 bytes, where it is short"""
    await trial.expect(3, "weight", "2", False)
    for length in (125, *trial.random.sample(range(8, 125), ROUNDS)):
        await trial.expect(2 + length, "weight", a_packet(trial, length), False)


@exercise(points=1, hint="From 126 to 65,535 bytes the length takes two bytes more.")
async def weight_of_a_longer_packet(trial: Trial) -> None:
    """weight counts a header of 4 bytes for 126 to 65,535 bytes"""
    for length in (126, 127, 65_535, trial.random.randrange(128, 65_535)):
        await trial.expect(4 + length, "weight", a_packet(trial, length), False)


@exercise(points=1, hint="From 2**16 on the length takes 8 bytes, not 2, so the header has 10.")
async def weight_of_the_longest_packets(trial: Trial) -> None:
    """weight counts a header of 10 bytes from 65,536 bytes on"""
    for length in (65_536, trial.random.randrange(65_537, 90_000)):
        await trial.expect(10 + length, "weight", a_packet(trial, length), False)


@exercise(
    points=1, hint="A length is one of bytes: packet.encode(). zoë has 3 letters and 4 bytes."
)
async def weight_is_in_bytes(trial: Trial) -> None:
    """weight counts bytes and not letters, the length of the header included"""
    for letter, size in (("ë", 2), ("€", 3), ("🙂", 4)):
        for count in (1, 126 // size, trial.random.randrange(70, 125)):
            payload = 6 + count * size
            header = 2 if payload < 126 else 4
            await trial.expect(header + payload, "weight", f'42["{letter * count}"]', False)


@exercise(points=1, hint="A client's frame has a masking key of 4 bytes after the length.")
async def weight_of_a_masked_frame(trial: Trial) -> None:
    """weight adds the 4 bytes of the key to a client's frame, of whatever length"""
    for low, high, header in ((8, 126, 2), (126, 60_000, 4), (65_536, 70_000, 10)):
        length = trial.random.randrange(low, high)
        await trial.expect(header + 4 + length, "weight", a_packet(trial, length), True)


@exercise(points=1, hint="One line for each user who comes, and one for each who goes, in order.")
async def announced_who_comes_and_goes(trial: Trial) -> None:
    """announced tells of users with one socket each, in the order of the events"""
    for _ in range(ROUNDS):
        names, sids = some_names(trial, 3), some_sids(trial, 3)
        events: list[Any] = [("new user", *one) for one in zip(sids, names, strict=True)]
        told = [*map(joined, names)]
        for number in trial.random.sample(range(3), 2):
            events.append(("disconnect", sids[number]))
            told.append(left(names[number]))
        await trial.expect(told, "announced", events)


@exercise(
    points=2, hint="Keep which sockets a name has. Tell at 0 → 1 and at 1 → 0, never between."
)
async def announced_goes_by_sockets(trial: Trial) -> None:
    """announced tells of a name's first socket and of its last, whichever is closed first"""
    for _ in range(ROUNDS):
        name, other = some_names(trial, 2)
        *tabs, of_other = some_sids(trial, 3)
        events: list[Any] = [("new user", tabs[0], name), ("new user", of_other, other)]
        events.append(("new user", tabs[1], name))
        told = [joined(name), joined(other)]
        first, last = trial.random.sample(tabs, 2)
        events.append(("disconnect", first))
        await trial.expect(told, "announced", events)
        events.append(("disconnect", last))
        await trial.expect([*told, left(name)], "announced", events)
    for _ in range(ROUNDS):
        (name,), tabs = some_names(trial, 1), some_sids(trial, 3)
        but_one = trial.random.sample(tabs, 2)
        events = [("new user", sid, name) for sid in tabs]
        events += [("disconnect", sid) for sid in but_one]
        await trial.expect([joined(name)], "announced", events)
        events = [events[0], ("disconnect", tabs[0]), events[0]]
        await trial.expect([joined(name), left(name), joined(name)], "announced", events)


@exercise(points=1, hint="With its new name a socket gives up the former: left, and then joined.")
async def announced_gives_a_former_name_up(trial: Trial) -> None:
    """announced tells that the former name has left where its only socket takes another"""
    for _ in range(ROUNDS):
        former, name = some_names(trial, 2)
        one, two = some_sids(trial, 2)
        events: list[Any] = [("new user", one, former), ("new user", one, name)]
        told = [joined(former), left(former), joined(name)]
        await trial.expect([*told, left(name)], "announced", [*events, ("disconnect", one)])
        events = [("new user", one, former), ("new user", two, former), ("new user", one, name)]
        await trial.expect([joined(former), joined(name)], "announced", events)
        events.append(("new user", two, name))
        await trial.expect([joined(former), joined(name), left(former)], "announced", events)


@exercise(points=1, hint="A socket that has the name already neither leaves nor joins.")
async def announced_nothing_of_the_same_name(trial: Trial) -> None:
    """announced says nothing where a socket takes its own name again"""
    for _ in range(ROUNDS):
        (name,), (one, two) = some_names(trial, 1), some_sids(trial, 2)
        events: list[Any] = [("new user", one, name), ("new user", one, name)]
        await trial.expect([joined(name)], "announced", events)
        events += [("new user", two, name), ("new user", two, name), ("disconnect", two)]
        await trial.expect([joined(name)], "announced", events)
        events.append(("disconnect", one))
        await trial.expect([joined(name), left(name)], "announced", events)


@exercise(points=1, hint="A visitor who never joined has no name: there is nothing to tell.")
async def announced_nothing_of_strangers(trial: Trial) -> None:
    """announced says nothing of a socket that goes and never joined"""
    for _ in range(ROUNDS):
        (name,), (one, stranger) = some_names(trial, 1), some_sids(trial, 2)
        await trial.expect([], "announced", [("disconnect", stranger)])
        events = [("new user", one, name), ("disconnect", stranger)]
        await trial.expect([joined(name)], "announced", events)


@exercise(points=1, hint="sorted(…) of each, whatever the order of the changes.")
async def net_lists_who_joined_and_left(trial: Trial) -> None:
    """net lists who joined and who left, both sorted"""
    for _ in range(ROUNDS):
        names = some_names(trial, 6)
        changes = [*map(left, names[1:3]), *map(joined, names[3:])]
        trial.random.shuffle(changes)
        should = sorted(names[3:]), sorted(names[1:3])
        await trial.expect(should, "net", names[:3], changes)


@exercise(
    points=1, hint="A user who was not there before and is not there after belongs in no list."
)
async def net_of_a_short_visit(trial: Trial) -> None:
    """net has no user who comes and goes within the tick"""
    for _ in range(ROUNDS):
        here, guest, other = some_names(trial, 3)
        changes = [joined(guest), joined(other), left(guest)]
        await trial.expect(([other], []), "net", [here], changes)
        changes = [joined(guest), left(guest)] * trial.random.randrange(1, 4)
        await trial.expect(([], []), "net", [], changes)


@exercise(
    points=1,
    hint=("Compare with `online`: a user who was there before, and is there again, stayed."),
)
async def net_of_a_short_absence(trial: Trial) -> None:
    """net has no user who goes and comes back within the tick"""
    for _ in range(ROUNDS):
        here, other = some_names(trial, 2)
        changes = [left(here), left(other), joined(here)]
        await trial.expect(([], [other]), "net", [here, other], changes)
        again = [left(here), joined(here)] * trial.random.randrange(2, 4)
        await trial.expect(([], []), "net", [here], again)


@exercise(points=1, hint="Sets do not mind: add who is there, discard (not remove) who is not.")
async def net_of_what_changes_nothing(trial: Trial) -> None:
    """net ignores a user who joins again, or who leaves and was not there"""
    for _ in range(ROUNDS):
        here, guest = some_names(trial, 2)
        await trial.expect(([], []), "net", [here], [joined(here), left(guest)])
        await trial.expect(([], [here]), "net", [here], [joined(here), left(here)])
        await trial.expect(([guest], []), "net", [here], [left(guest), joined(guest)])
