def hearers(clients, rooms, to=None, skip=None):
    skipped = skip if isinstance(skip, list) else [skip]
    reached = clients
    if to:
        names = to if isinstance(to, list) else [to]
        reached = [sid for name in names for sid in rooms.get(name, [])]
    return [sid for sid in clients if sid in reached and sid not in skipped]
