def missed_by(log, run, known):
    if known is None or known[0] != run:
        return None
    return [change for change in log if change[0] > known[1]]
