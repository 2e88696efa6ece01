def overdue(log, now, timeout):
    owing = {}
    for when, sid, what in log:
        if what == "ping":
            owing[sid] = when
        elif when - owing[sid] <= timeout:
            del owing[sid]
    return [sid for sid, when in owing.items() if now - when > timeout]
