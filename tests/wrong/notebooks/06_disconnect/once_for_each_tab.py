def online(events):
    names = {}
    for what, sid, *name in events:
        if what == "joined":
            names[sid] = name[0]
        else:
            names.pop(sid, None)
    return sorted(names.values())
