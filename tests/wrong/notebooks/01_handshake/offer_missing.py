def choose(offered, known):
    return next((name.strip() for name in offered.split(",") if name.strip() in known), None)
