def hearers(clients, rooms, to=None, skip=None):
    skipped = skip if isinstance(skip, list) else [skip]
    reached = []
    for name in (to if isinstance(to, list) else [to]) if to else clients:
        reached += [sid for sid in clients if sid == name or sid in rooms.get(name, [])]
    return [sid for sid in sorted(reached, key=clients.index) if sid not in skipped]
