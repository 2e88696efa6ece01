def shown(heard):
    number, users, held = None, set(), []
    for event, count, what in heard:
        if event == "onlineUsers":
            number, users = count, set(what)
            for at, change, name in held:
                if at > count:
                    if at != number + 1:
                        number = None
                        break
                    number = at
                    (users.add if change == "userJoined" else users.discard)(name)
            held = []
        elif number is None:
            held.append((count, event, what))
        elif count > number + 1:
            number = None
        elif count > number:
            number = count
            (users.add if event == "userJoined" else users.discard)(what)
    return None if number is None else sorted(users)
