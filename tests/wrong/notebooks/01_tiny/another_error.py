def unpack(data):
    kind, text = data.decode().split(":", 1) if b":" in data else {}["colon"]
    return kind, text
