def online(leases, now, ttl):
    fresh = [users for written, users in leases.values() if now - written < ttl]
    return sorted({sid for users in fresh for sid in users})
