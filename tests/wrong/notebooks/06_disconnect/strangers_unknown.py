def online(events):
    names = {}
    for what, sid, *name in events:
        if what == "joined":
            names[sid] = name[0]
        else:
            del names[sid]
    return sorted(set(names.values()))
