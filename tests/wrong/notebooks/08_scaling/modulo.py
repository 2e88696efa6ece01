def choose(key, servers):
    digest = hashlib.sha256(key.encode()).hexdigest()
    return servers[int(digest, 16) % len(servers)]
