def weight(packet, masked):
    return len(packet.encode()) + (4 if masked else 0)
