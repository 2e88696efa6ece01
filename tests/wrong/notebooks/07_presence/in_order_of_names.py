def announced(events):
    told, names = [], {}
    for _, sid, *new in events:
        before = set(names.values())
        names[sid] = new[0] if new else None
        now = set(names.values())
        told += [("userLeft", name) for name in before - now if name]
        told += [("userJoined", name) for name in now - before if name]
    return sorted(told)
