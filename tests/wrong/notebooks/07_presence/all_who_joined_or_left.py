def net(online, changes):
    joined = {name for event, name in changes if event == "userJoined"}
    left = {name for event, name in changes if event == "userLeft"}
    return sorted(joined - set(online)), sorted(left & set(online))
