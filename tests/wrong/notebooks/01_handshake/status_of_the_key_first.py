def status(start, fields):
    if not start.startswith("GET "):
        return 400
    values = {name.lower(): value for name, value in fields}
    if not is_key(values.get("sec-websocket-key", "")):
        return 400
    if not has_token(fields, "Upgrade", "websocket"):
        return 426
    if not has_token(fields, "Connection", "upgrade"):
        return 426
    return 101 if values.get("sec-websocket-version") == "13" else 426
