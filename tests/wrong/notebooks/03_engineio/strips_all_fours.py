def messages(body):
    found = []
    for packet in body.split("\x1e"):
        if packet.startswith("b"):
            found.append(base64.b64decode(packet[1:]))
        elif packet.startswith("4"):
            found.append(packet.lstrip("4"))
    return found
