def online(events):
    names, counts = {}, {}
    for what, sid, *name in events:
        if what == "joined":
            names[sid] = name[0]
            counts[name[0]] = counts.get(name[0], 0) + 1
        elif sid in names:
            counts[names.pop(sid)] -= 1
    return sorted(name for name, count in counts.items() if count)
