def overdue(log, now, timeout):
    owing = {}
    for when, sid, what in log:
        if what == "ping":
            owing[sid] = when
        else:
            del owing[sid]
    return sorted(sid for sid, when in owing.items() if now - when > timeout)
