def hearers(clients, rooms, to=None, skip=None):
    names = to if isinstance(to, list) else [to]
    reached = {*names}.union(*(rooms.get(name, []) for name in names)) if to else clients
    return [sid for sid in clients if sid in reached and sid != skip]
