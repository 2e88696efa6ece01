def hearers(clients, rooms, to=None, skip=None):
    skipped = skip if isinstance(skip, list) else [skip]
    if not to:
        reached = set(clients)
    else:
        reached = set()
        for name in to if isinstance(to, list) else [to]:
            reached.update([name] if name in clients else rooms[name])
    return [sid for sid in clients if sid in reached and sid not in skipped]
