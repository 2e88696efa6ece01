"""The exercises of 05_who_hears_what, finished."""


def hearers(clients, rooms, to=None, skip=None):
    """Who hears an emit: a list of sids, in the order of `clients`."""
    names = to if isinstance(to, list) else [to]
    skipped = skip if isinstance(skip, list) else [skip]
    # Everybody is in a room of his own.
    reached = {*names}.union(*(rooms.get(name, ()) for name in names)) if to else clients
    return [sid for sid in clients if sid in reached and sid not in skipped]


def table(clients, history):
    """How often each client has heard each event that was sent: event → client → int."""
    counts = {event: dict.fromkeys(clients, 0) for _, what, event in history if what == "sends"}
    for client, what, event in history:
        if what == "hears":
            counts[event][client] += 1
    return counts


def verdict(history, event, client):
    """Has the client heard the event? "heard", "not heard" where that is proved, or "unknown"."""
    if (client, "hears", event) in history:
        return "heard"
    missing = ["done", "asks", "answered"]  # of the proof, in this order
    for who, what, about in history:
        concerned = about == event if what == "done" else who == client
        if concerned and missing and what == missing[0]:
            del missing[0]
    return "unknown" if missing else "not heard"


def leaks(history):
    """What came to somebody from a channel that he was not in: a list of (client, channel)."""
    inside, leaked = set(), []
    for client, what, channel in history:
        if what == "enters":
            inside.add((client, channel))
        elif what == "leaves":
            inside.discard((client, channel))
        elif what == "goes":
            inside = {(one, room) for one, room in inside if one != client}
        elif (client, channel) not in inside:
            leaked.append((client, channel))
    return leaked


def in_order(sent, heard):
    """Whether all was heard, once each, and in each sender's own order: a bool."""

    def by_sender(said):
        texts = {}
        for sender, text in said:
            texts.setdefault(sender, []).append(text)
        return texts

    return by_sender(sent) == by_sender(heard)
