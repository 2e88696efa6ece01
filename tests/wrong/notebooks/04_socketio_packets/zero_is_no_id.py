def event(name, arguments, namespace="/", ack_id=None):
    start = "2" if namespace == "/" else f"2{namespace},"
    number = str(ack_id) if ack_id else ""
    return start + number + json.dumps([name, *arguments], separators=(",", ":"))
