def shown(heard):
    lists = [(number, names) for event, number, names in heard if event == "onlineUsers"]
    if not lists:
        return None
    number, names = lists[-1]
    users = set(names)
    for event, count, name in heard:
        if event != "onlineUsers" and count > number:
            (users.add if event == "userJoined" else users.discard)(name)
    return sorted(users)
