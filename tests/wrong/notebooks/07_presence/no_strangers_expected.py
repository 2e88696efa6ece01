def announced(events):
    told, names = [], {}
    for what, sid, *name in events:
        if what == "new user" and names.get(sid) == name[0]:
            continue
        if what == "disconnect" or sid in names:
            former = names.pop(sid)
            if former not in names.values():
                told.append(("userLeft", former))
        if what == "new user":
            if name[0] not in names.values():
                told.append(("userJoined", name[0]))
            names[sid] = name[0]
    return told
