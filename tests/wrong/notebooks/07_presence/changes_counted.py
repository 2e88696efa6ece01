def net(online, changes):
    balance = {}
    for event, name in changes:
        balance[name] = balance.get(name, 0) + (1 if event == "userJoined" else -1)
    joined = sorted(name for name, count in balance.items() if count > 0)
    return joined, sorted(name for name, count in balance.items() if count < 0)
