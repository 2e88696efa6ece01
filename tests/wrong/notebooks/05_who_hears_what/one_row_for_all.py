def table(clients, history):
    row = dict.fromkeys(clients, 0)
    counts = {event: row for _, what, event in history if what == "sends"}
    for client, what, event in history:
        if what == "hears":
            counts[event][client] += 1
    return counts
