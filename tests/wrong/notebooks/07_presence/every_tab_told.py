def announced(events):
    told, names = [], {}
    for what, sid, *name in events:
        former = names.pop(sid, None)
        if [former] == name:
            names[sid] = former
            continue
        if former is not None:
            told.append(("userLeft", former))
        if what == "new user":
            names[sid] = name[0]
            told.append(("userJoined", name[0]))
    return told
