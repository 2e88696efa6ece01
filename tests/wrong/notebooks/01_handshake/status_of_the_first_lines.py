def status(start, fields):
    if start.split()[0] != "GET":
        return 400
    first = {}
    for name, value in fields:
        first.setdefault(name.lower(), value)
    for name, word in (("upgrade", "websocket"), ("connection", "upgrade")):
        if word not in [one.strip().lower() for one in first.get(name, "").split(",")]:
            return 426
    if first.get("sec-websocket-version") != "13":
        return 426
    return 101 if is_key(first.get("sec-websocket-key", "")) else 400
