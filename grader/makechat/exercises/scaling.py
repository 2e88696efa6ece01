"""The checks of 08_scaling: the exercises on one chat in several processes."""

from hashlib import sha256

from grader.notebook.exercise import Trial, exercise

ROUNDS = 10  # of inputs that are drawn
SERVERS = ("north", "east", "south", "west", "centre")
NAMES = ("amy", "ben", "cleo", "dan", "eve", "terry")
KEYS = 60  # for which a server is chosen, where it is to be seen how they are spread


def highest(key: str, servers: list[str]) -> str:
    return max(servers, key=lambda server: sha256(f"{key} {server}".encode()).hexdigest())


def keys_of(trial: Trial, count: int) -> list[str]:
    return [f"user-{number}" for number in trial.random.sample(range(1000), count)]


@exercise(points=1, hint="Count p per cent of how many there are, rounded up: which one is that?")
async def percentile_counts_from_the_smallest(trial: Trial) -> None:
    """percentile is the smallest time that p per cent do not exceed"""
    await trial.expect(10, "percentile", [10, 20, 30, 40], 25)
    await trial.expect(20, "percentile", [10, 20, 30, 40], 26)
    for p in (1, 50, 99, 100, *trial.random.sample(range(2, 99), ROUNDS)):
        count = trial.random.choice((1, 7, 10, 100, 150))
        times = sorted(trial.random.sample(range(1000), count))
        expected = next(time for rank, time in enumerate(times, 1) if 100 * rank >= p * count)
        await trial.expect(expected, "percentile", times, p)


@exercise(points=1, hint="sorted(times), before you count.")
async def percentile_takes_any_order(trial: Trial) -> None:
    """percentile takes the times in any order"""
    for _ in range(ROUNDS):
        times = trial.random.sample(range(100), 10)
        place = trial.random.randrange(10)
        await trial.expect(sorted(times)[place], "percentile", times, 10 * (place + 1))


@exercise(points=1, hint="Ten messages of one age are ten messages: a set would count them once.")
async def percentile_counts_equal_times(trial: Trial) -> None:
    """percentile counts each of several equal times"""
    for _ in range(ROUNDS):
        usual, late = trial.random.randrange(1, 9), trial.random.randrange(10, 99)
        await trial.expect(usual, "percentile", [usual] * 9 + [late], 90)


@exercise(points=1, hint="Remember at which server each client's session was opened.")
async def statuses_refuses_away_from_the_session(trial: Trial) -> None:
    """statuses refuses a request away from its session's server"""
    await trial.expect([200] * 4, "statuses", ["amy", "ben", "amy", "amy"], 1)
    for _ in range(ROUNDS):
        servers = trial.random.randrange(2, 6)
        here = trial.random.sample(NAMES, servers)
        again = trial.random.choice(here)
        # It is server 0's turn again, where only the first of them has a session.
        last = 200 if again == here[0] else 400
        await trial.expect([200] * servers + [last], "statuses", [*here, again], servers)


@exercise(
    points=2,
    hint="A 400 ends the session, and opens none: forget it, and the next request is a first one.",
    needs=(statuses_refuses_away_from_the_session,),
)
async def statuses_starts_again_after_a_400(trial: Trial) -> None:
    """statuses lets a client start again with the request after a 400"""
    await trial.expect([200, 400, 200, 400], "statuses", ["amy"] * 4, 2)
    for servers in (2, 3, *trial.random.choices(range(2, 5), k=ROUNDS)):
        requests = trial.random.choices(NAMES[:3], k=12)
        expected: list[int] = []
        opened: dict[str, int] = {}
        for number, name in enumerate(requests):
            is_there = opened.setdefault(name, number % servers) == number % servers
            expected.append(200 if is_there else 400)
            if not is_there:
                del opened[name]
        await trial.expect(expected, "statuses", requests, servers)


@exercise(points=1, hint="The place of a server in the list says nothing about the server.")
async def choose_takes_servers_in_any_order(trial: Trial) -> None:
    """choose takes the servers in any order"""
    for key in keys_of(trial, ROUNDS):
        before = await trial.call("choose", key, [*SERVERS])
        if await trial.call("choose", key, trial.random.sample(SERVERS, len(SERVERS))) != before:
            trial.wrong(f"was {before!r} when they were listed in another order")


@exercise(points=1, hint="Each server's number depends on the key and on that server alone.")
async def choose_moves_only_keys_of_the_server_that_goes(trial: Trial) -> None:
    """choose moves only the keys of a server that goes"""
    gone, *left = SERVERS
    for key in keys_of(trial, 2 * ROUNDS):
        before = await trial.call("choose", key, [*SERVERS])
        if before != gone and await trial.call("choose", key, left) != before:
            trial.wrong(f"was {before!r}, which is still there; only {gone!r} has gone")


@exercise(points=1, hint="The key must be part of what is hashed, and so must the server.")
async def choose_spreads_keys(trial: Trial) -> None:
    """choose spreads the keys over all servers"""
    servers = [*SERVERS[:3]]
    answers = [await trial.call("choose", key, servers) for key in keys_of(trial, KEYS)]
    counts = {server: answers.count(server) for server in servers}
    if min(counts.values()) < KEYS / 20:  # evenly, it would be a third of them
        trial.wrong(f"of {KEYS} keys the servers get {', '.join(map(str, counts.values()))}")


@exercise(points=1, hint='hashlib.sha256(f"{key} {server}".encode()).hexdigest(); the highest.')
async def choose_takes_the_highest(trial: Trial) -> None:
    """choose takes the server whose SHA-256 is the highest"""
    for key in ("zoë", *keys_of(trial, ROUNDS)):
        servers = trial.random.sample(SERVERS, trial.random.randrange(1, 6))
        await trial.expect(highest(key, servers), "choose", key, servers)


def placed(trial: Trial) -> dict[str, int]:
    """Two of the names at each of three processes."""
    return dict(zip(trial.random.sample(NAMES, len(NAMES)), (1, 1, 2, 2, 3, 3), strict=True))


@exercise(points=1, hint="A process hands a message to its own clients, with Redis or without.")
async def hearers_are_at_the_speakers_process(trial: Trial) -> None:
    """hearers has the speaker's process, even without Redis"""
    for linked in ([], [2], [2, 3], [1], []):
        at = placed(trial)
        speaker, neighbour, *_ = at
        await trial.expect([neighbour], "hearers", at, linked, [neighbour], speaker)


@exercise(points=2, hint="It must get into Redis at one process, and out of it at the other.")
async def hearers_are_elsewhere_only_through_redis(trial: Trial) -> None:
    """hearers has clients of another process where both have Redis"""
    for linked in ([1, 2], [1, 2, 3], [3, 1], [1], [2, 3], [2], []):
        at = placed(trial)
        speaker = next(iter(at))
        room = [name for name, process in at.items() if process != 1]
        reached = [name for name in room if 1 in linked and at[name] in linked]
        await trial.expect(sorted(reached), "hearers", at, linked, room, speaker)


@exercise(points=1, hint="Go through the room. The speaker is treated as all others are.")
async def hearers_are_in_the_room(trial: Trial) -> None:
    """hearers has all in the room, and nobody else"""
    for size in (0, 1, 2, 3, 4, 5, 6):
        at = placed(trial)
        room = trial.random.sample(NAMES, size)
        for speaker in trial.random.sample(NAMES, 2):
            await trial.expect(sorted(room), "hearers", at, [1, 2, 3], room, speaker)


@exercise(points=1, hint="A set of all the names, then sorted. The names are the dicts' values.")
async def online_has_each_name_once(trial: Trial) -> None:
    """online has the names of all processes, each once"""
    for _ in range(ROUNDS):
        here, there = (trial.random.sample(NAMES, 4) for _ in range(2))
        leases = {
            process: (5, {f"{process}{number}": name for number, name in enumerate(names)})
            for process, names in (("a", here), ("b", there))
        }
        await trial.expect(sorted({*here, *there}), "online", leases, 7, 10)


@exercise(points=1, hint="How old is it, now? As old as ttl is too old.")
async def online_leaves_out_what_has_run_out(trial: Trial) -> None:
    """online leaves out a lease as soon as it has run out"""
    for _ in range(ROUNDS):
        now, ttl = trial.random.randrange(100, 200), trial.random.randrange(2, 50)
        ages = {"amy": ttl - 1, "ben": ttl, "cleo": ttl + 1, "dan": 0}
        leases = {f"of {name}": (now - age, {"sid": name}) for name, age in ages.items()}
        await trial.expect(["amy", "dan"], "online", leases, now, ttl)


@exercise(points=1, hint="A lease that has run out says nothing, and takes nobody away.")
async def online_keeps_who_is_elsewhere(trial: Trial) -> None:
    """online keeps a user who is in another lease that has not run out"""
    for _ in range(ROUNDS):
        name = trial.random.choice(NAMES)
        leases = [("a", (90, {"old": name})), ("b", (99, {"new": name}))]
        trial.random.shuffle(leases)
        await trial.expect([name], "online", dict(leases), 100, 5)
