def verdict(history, event, client):
    if (client, "hears", event) in history:
        return "heard"
    for number, (_, what, about) in enumerate(history):
        if (what, about) == ("done", event):
            asked = [(client, "asks", ""), (client, "answered", "")]
            later = [one for one in history[number + 1 :] if one[1] != "hears"]
            if any(later[at : at + 2] == asked for at in range(len(later))):
                return "not heard"
    return "unknown"
