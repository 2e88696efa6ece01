def weight(packet, masked):
    length = len(packet.encode())
    return length + (2 if length < 126 else 4 if length < 2**16 else 10)
