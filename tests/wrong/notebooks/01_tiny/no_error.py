def unpack(data):
    kind, colon, text = data.decode().partition(":")
    return kind, text
