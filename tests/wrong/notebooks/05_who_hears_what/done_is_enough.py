def verdict(history, event, client):
    if (client, "hears", event) in history:
        return "heard"
    done = any((what, about) == ("done", event) for _, what, about in history)
    return "not heard" if done else "unknown"
