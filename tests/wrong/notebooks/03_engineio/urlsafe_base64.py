def payload(packets):
    return "\x1e".join(
        "b" + base64.urlsafe_b64encode(packet).decode() if isinstance(packet, bytes) else packet
        for packet in packets
    )
