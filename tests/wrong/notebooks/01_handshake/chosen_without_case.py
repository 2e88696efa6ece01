def choose(offered, known):
    for name in (offered or "").split(","):
        if name.strip().lower() in known:
            return name.strip().lower()
    return None
