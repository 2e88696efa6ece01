def verdict(history, event, client):
    if (client, "hears", event) in history:
        return "heard"
    is_done = False
    for who, what, about in history:
        if (what, about) == ("done", event):
            is_done = True
        if is_done and (who, what) == (client, "answered"):
            return "not heard"
    return "unknown"
