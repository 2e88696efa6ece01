def messages(body):
    return [packet[1:] for packet in body.split("\x1e") if packet[:1] in ("4", "b")]
