def weight(packet, masked):
    length = len(packet.encode())
    header = 2 if length <= 127 else 4 if length < 2**16 else 10
    return header + length + (4 if masked else 0)
