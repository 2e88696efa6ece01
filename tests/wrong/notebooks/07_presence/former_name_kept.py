def announced(events):
    told, sockets = [], {}
    for what, sid, *name in events:
        if what == "new user":
            sids = sockets.setdefault(name[0], set())
            if not sids:
                told.append(("userJoined", name[0]))
            sids.add(sid)
        else:
            for one, sids in sockets.items():
                if sid in sids:
                    sids.remove(sid)
                    if not sids:
                        told.append(("userLeft", one))
    return told
