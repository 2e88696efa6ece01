def weight(packet, masked):
    length = len(packet)
    header = 2 if length < 126 else 4 if length < 2**16 else 10
    return header + length + (4 if masked else 0)
