def unpack(data):
    kind, colon, text = data.decode().rpartition(":")
    if not colon:
        raise ValueError("a message without a colon")
    return kind, text
