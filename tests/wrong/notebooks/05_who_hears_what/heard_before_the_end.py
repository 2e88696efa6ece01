def verdict(history, event, client):
    state = "sent"
    for who, what, about in history:
        if state == "sent" and (who, what, about) == (client, "hears", event):
            return "heard"
        if what == "done" and about == event:
            state = "done"
        elif state == "done" and (who, what) == (client, "asks"):
            state = "asked"
        elif state == "asked" and (who, what) == (client, "answered"):
            return "not heard"
    return "unknown"
