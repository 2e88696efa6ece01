def overdue(log, now, timeout):
    heard = {}
    for when, sid, _ in log:
        heard.pop(sid, None)
        heard[sid] = when
    return [sid for sid, when in heard.items() if now - when > timeout]
