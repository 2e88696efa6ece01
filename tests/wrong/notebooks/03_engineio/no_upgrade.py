def answer(packet):
    return "3" + packet[1:] if packet.startswith("2") else None
