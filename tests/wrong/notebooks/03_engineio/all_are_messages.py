def messages(body):
    return [
        base64.b64decode(packet[1:]) if packet.startswith("b") else packet[1:]
        for packet in body.split("\x1e")
    ]
