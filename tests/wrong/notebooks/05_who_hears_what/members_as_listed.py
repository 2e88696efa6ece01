def hearers(clients, rooms, to=None, skip=None):
    skipped = skip if isinstance(skip, list) else [skip]
    reached = list(clients)
    if to:
        reached = []
        for name in to if isinstance(to, list) else [to]:
            own = [name] if name in clients else []
            reached += [sid for sid in rooms.get(name, own) if sid not in reached]
    return [sid for sid in reached if sid not in skipped]
