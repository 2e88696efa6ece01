def online(leases, now, ttl):
    return sorted({name for _, users in leases.values() for name in users.values()})
