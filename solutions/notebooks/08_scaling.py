"""The exercises of 08_scaling, finished."""

import hashlib


def percentile(times, p):
    """The smallest of the times that at least p per cent of them do not exceed."""
    rank = -(-len(times) * p // 100)  # rounded up
    return sorted(times)[rank - 1]


def statuses(requests, servers):
    """What each request is answered with: a list of 200s and 400s."""
    answers, homes = [], {}
    for number, name in enumerate(requests):
        server = number % servers
        if homes.setdefault(name, server) == server:
            answers.append(200)
        else:
            answers.append(400)
            del homes[name]
    return answers


def choose(key, servers):
    """The server for this key: the one whose SHA-256 is the highest."""
    return max(servers, key=lambda server: hashlib.sha256(f"{key} {server}".encode()).hexdigest())


def hearers(at, linked, room, speaker):
    """Who hears what the speaker says to the room: a sorted list of names."""
    reached = {at[speaker]}
    if at[speaker] in linked:
        reached |= set(linked)
    return sorted(name for name in room if at[name] in reached)


def online(leases, now, ttl):
    """Who is online: a sorted list of names, each once."""
    return sorted(
        {
            name
            for written, users in leases.values()
            if now - written < ttl
            for name in users.values()
        }
    )
