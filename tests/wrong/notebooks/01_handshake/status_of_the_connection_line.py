def status(start, fields):
    if not start.startswith("GET "):
        return 400
    values = {name.lower(): value for name, value in fields}
    if values.get("upgrade") != "websocket" or values.get("connection") != "Upgrade":
        return 426
    if values.get("sec-websocket-version") != "13":
        return 426
    return 101 if is_key(values.get("sec-websocket-key", "")) else 400
