def online(leases, now, ttl):
    fresh = [users for written, users in leases.values() if now - written <= ttl]
    return sorted({name for users in fresh for name in users.values()})
