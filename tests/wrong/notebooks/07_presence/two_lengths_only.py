def weight(packet, masked):
    length = len(packet.encode())
    header = 2 if length < 126 else 4
    return header + length + (4 if masked else 0)
