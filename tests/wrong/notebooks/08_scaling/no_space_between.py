def choose(key, servers):
    return max(servers, key=lambda server: hashlib.sha256(f"{key}{server}".encode()).hexdigest())
