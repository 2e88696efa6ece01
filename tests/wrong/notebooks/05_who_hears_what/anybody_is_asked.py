def verdict(history, event, client):
    if (client, "hears", event) in history:
        return "heard"
    missing = ["done", "asks", "answered"]
    for _, what, about in history:
        if missing and what == missing[0] and about in (event, ""):
            missing.pop(0)
    return "unknown" if missing else "not heard"
