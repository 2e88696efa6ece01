def pack(kind, text):
    return bytearray(f"{kind}:{text}".encode())
