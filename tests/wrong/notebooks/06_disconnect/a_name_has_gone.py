def online(events):
    names, present = {}, set()
    for what, sid, *name in events:
        if what == "joined":
            present.discard(names.get(sid))
            names[sid] = name[0]
            present.add(name[0])
        else:
            present.discard(names.pop(sid, None))
    return sorted(present)
