def choose(offered, known):
    names = [name.strip() for name in (offered or "").split(",")]
    return next((name for name in known if name in names), None)
