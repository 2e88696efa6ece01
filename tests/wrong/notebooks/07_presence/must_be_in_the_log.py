def missed_by(log, run, known):
    if known is None or known[0] != run:
        return None
    if log and known[1] < log[0][0]:
        return None
    return [change for change in log if change[0] > known[1]]
