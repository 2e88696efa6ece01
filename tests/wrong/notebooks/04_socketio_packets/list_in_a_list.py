def event(name, arguments, namespace="/", ack_id=None):
    start = "2" if namespace == "/" else f"2{namespace},"
    number = "" if ack_id is None else str(ack_id)
    return start + number + json.dumps([name, arguments], separators=(",", ":"))
