def choose(offered, known):
    return (offered or "").split(",")[0].strip() or None
