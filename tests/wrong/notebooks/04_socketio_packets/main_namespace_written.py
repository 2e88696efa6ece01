def event(name, arguments, namespace="/", ack_id=None):
    number = "" if ack_id is None else str(ack_id)
    return f"2{namespace},{number}" + json.dumps([name, *arguments], separators=(",", ":"))
