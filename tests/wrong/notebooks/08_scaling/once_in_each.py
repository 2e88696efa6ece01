def online(leases, now, ttl):
    names = []
    for written, users in leases.values():
        if now - written < ttl:
            names += users.values()
    return sorted(names)
