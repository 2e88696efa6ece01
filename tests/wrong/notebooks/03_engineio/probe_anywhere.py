def answer(packet):
    if packet.startswith("2"):
        return "3" + packet[1:]
    return "5" if "probe" in packet else None
