def net(online, changes):
    last = {name: event for event, name in changes}
    joined = [name for name, event in last.items() if event == "userJoined"]
    left = [name for name, event in last.items() if event == "userLeft"]
    return sorted(joined), sorted(set(left) & set(online))
