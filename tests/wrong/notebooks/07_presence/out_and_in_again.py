def announced(events):
    told, names = [], {}
    for what, sid, *name in events:
        former = names.pop(sid, None)
        if former is not None and former not in names.values():
            told.append(("userLeft", former))
        if what == "new user":
            if name[0] not in names.values():
                told.append(("userJoined", name[0]))
            names[sid] = name[0]
    return told
