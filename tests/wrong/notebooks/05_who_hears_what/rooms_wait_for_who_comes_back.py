def leaks(history):
    inside, leaked = set(), []
    for client, what, channel in history:
        if what == "enters":
            inside.add((client, channel))
        elif what == "leaves":
            inside.discard((client, channel))
        elif what == "hears" and (client, channel) not in inside:
            leaked.append((client, channel))
    return leaked
