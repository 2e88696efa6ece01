"""The exercises of 06_disconnect, finished."""


def noticed_at(cut, interval, timeout):
    """When the server gives a client up whose cable is pulled at `cut` ("Heartbeat")."""
    lost = interval
    while lost < cut:
        lost += interval
    return lost + timeout


def close_code(received):
    """The code that a client reports, an int (RFC 6455, 7.1.5 and 7.4.1)."""
    while received:
        first, length = received[:2]
        payload, received = received[2 : 2 + length], received[2 + length :]
        if first & 0b1111 == 8:
            return int.from_bytes(payload[:2], "big") if payload else 1005
    return 1006


def overdue(log, now, timeout):
    """The sids of the clients to give up now, a list; whose ping is older comes first."""
    owing = {}  # sid → when it was pinged
    for when, sid, what in log:
        if what == "ping":
            owing[sid] = when
        else:
            owing.pop(sid, None)
    return [sid for sid, when in owing.items() if now - when > timeout]


def online(events):
    """The names of all who are online, a sorted list, each once."""
    names = {}  # sid → name
    for what, sid, *name in events:
        if what == "joined":
            (names[sid],) = name
        else:
            names.pop(sid, None)
    return sorted(set(names.values()))


def told_others(changes, grace):
    """What the others are told of one user, and when: a list like `changes`, oldest first."""
    told = []
    for number, (when, what) in enumerate(changes):
        if what == "left":
            back = changes[number + 1][0] if number + 1 < len(changes) else None
            if back is None or back > when + grace:
                told.append((when + grace, "left"))
        elif told and told[-1][1] == "left":
            told.append((when, "back"))
    return told
