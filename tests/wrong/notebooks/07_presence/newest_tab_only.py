def announced(events):
    told, holders = [], {}
    for what, sid, *name in events:
        for former, holder in [*holders.items()]:
            if holder == sid and [former] != name:
                del holders[former]
                told.append(("userLeft", former))
        if what == "new user":
            if name[0] not in holders:
                told.append(("userJoined", name[0]))
            holders[name[0]] = sid
    return told
