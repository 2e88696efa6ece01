def leaks(history):
    current, leaked = {}, []
    for client, what, channel in history:
        if what == "enters":
            current[client] = channel
        elif what == "goes" or (what == "leaves" and current.get(client) == channel):
            current.pop(client, None)
        elif what == "hears" and current.get(client) != channel:
            leaked.append((client, channel))
    return leaked
