def overdue(log, now, timeout):
    pinged, answered = {}, {}
    for when, sid, what in log:
        if what == "ping":
            pinged.setdefault(sid, when)
        answered[sid] = what == "pong"
    late = [sid for sid, when in pinged.items() if now - when > timeout]
    return [sid for sid in late if not answered[sid]]
