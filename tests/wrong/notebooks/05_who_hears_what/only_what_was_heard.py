def table(clients, history):
    counts = {}
    for client, what, event in history:
        if what == "hears":
            row = counts.setdefault(event, {})
            row[client] = row.get(client, 0) + 1
    return counts
