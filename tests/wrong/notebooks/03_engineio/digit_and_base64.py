def payload(packets):
    return "\x1e".join(
        "b4" + base64.b64encode(packet).decode() if isinstance(packet, bytes) else packet
        for packet in packets
    )
