def payload(packets):
    body = ""
    for packet in packets:
        if isinstance(packet, bytes):
            packet = "b" + base64.b64encode(packet).decode()
        body += packet + "\x1e"
    return body
