def online(leases, now, ttl):
    names = set()
    for written, users in sorted(leases.values(), key=lambda lease: -lease[0]):
        if now - written < ttl:
            names |= set(users.values())
        else:
            names -= set(users.values())
    return sorted(names)
