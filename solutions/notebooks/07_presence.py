"""The exercises of 07_presence, finished."""


def weight(packet, masked):
    """The bytes of a packet on the line, the header of its one frame included (RFC 6455, 5.2)."""
    length = len(packet.encode())
    if length <= 125:
        header = 2
    elif length < 2**16:
        header = 4
    else:
        header = 10
    return header + (4 if masked else 0) + length


def announced(events):
    """What all others are told, a list of ("userJoined", name) and ("userLeft", name), in order."""
    told, names = [], {}  # sid → name
    for _, sid, *new in events:
        name, former = new[0] if new else None, names.get(sid)
        if name == former:
            continue
        names[sid] = name
        if former and former not in names.values():
            told.append(("userLeft", former))
        if name and [*names.values()].count(name) == 1:
            told.append(("userJoined", name))
    return told


def net(online, changes):
    """What a tick comes to: a tuple of two sorted lists of names, who joined and who left."""
    before, after = set(online), set(online)
    for event, name in changes:
        if event == "userJoined":
            after.add(name)
        else:
            after.discard(name)
    return sorted(after - before), sorted(before - after)


def shown(heard):
    """Whom a page shows, a sorted list; or None where it must ask for a list."""
    number, users, held = None, set(), []
    for message in heard:
        if message[0] == "onlineUsers":
            _, number, names = message
            users = set(names)
        else:
            held.append(message)
        while number is not None and held and held[0][1] <= number + 1:
            event, of_change, name = held.pop(0)
            if of_change > number:
                number = of_change
                if event == "userJoined":
                    users.add(name)
                else:
                    users.discard(name)
    return None if number is None or held else sorted(users)


def missed_by(log, run, known):
    """The changes that a page has missed, a list of (number, event, name); None: send the list."""
    if known is None or known[0] != run:
        return None
    number = known[1]
    if log and number < log[0][0] - 1:
        return None
    return [change for change in log if change[0] > number]
