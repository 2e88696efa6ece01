def hearers(clients, rooms, to=None, skip=None):
    if to is None:
        reached = set(clients)
    else:
        names = to if isinstance(to, list) else [to]
        reached = {*names}.union(*(rooms.get(name, []) for name in names))
    skipped = skip if isinstance(skip, list) else [skip]
    return [sid for sid in clients if sid in reached and sid not in skipped]
