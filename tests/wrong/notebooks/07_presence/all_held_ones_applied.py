def shown(heard):
    number, users, held = None, set(), []
    for event, count, what in heard:
        if event == "onlineUsers":
            number, users = count, set(what)
        else:
            held.append((count, event, what))
        while number is not None and held and held[0][0] <= number + 1:
            at, change, name = held.pop(0)
            number = max(number, at)
            (users.add if change == "userJoined" else users.discard)(name)
    return None if number is None or held else sorted(users)
