def net(online, changes):
    users = [*online]
    for event, name in changes:
        if event == "userJoined" and name not in users:
            users.append(name)
        elif event == "userLeft" and name in users:
            users.remove(name)
    joined = [name for name in users if name not in online]
    return joined, [name for name in online if name not in users]
