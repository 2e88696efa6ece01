def leaks(history):
    inside, leaked = set(), {}
    for client, what, channel in history:
        if what == "enters":
            inside.add((client, channel))
        elif what == "leaves":
            inside.discard((client, channel))
        elif what == "goes":
            inside = {one for one in inside if one[0] != client}
        elif (client, channel) not in inside:
            leaked[client, channel] = True
    return list(leaked)
