def online(events):
    online_users = {}
    for what, sid, *name in events:
        for username, holder in [*online_users.items()]:
            if holder == sid:
                del online_users[username]
        if what == "joined":
            online_users[name[0]] = sid
    return sorted(online_users)
