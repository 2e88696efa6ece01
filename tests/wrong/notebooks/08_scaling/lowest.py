def choose(key, servers):
    return min(servers, key=lambda server: hashlib.sha256(f"{key} {server}".encode()).hexdigest())
