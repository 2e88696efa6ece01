def status(start, fields):
    if not start.startswith("GET "):
        return 400
    if not has_token(fields, "Upgrade", "websocket"):
        return 426
    if not has_token(fields, "Connection", "upgrade"):
        return 426
    values = {name.lower(): value for name, value in fields}
    return 101 if is_key(values.get("sec-websocket-key", "")) else 400
