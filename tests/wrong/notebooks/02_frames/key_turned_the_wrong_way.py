def unmask_piece(piece, key, start):
    return bytes(byte ^ key[(i - start) % 4] for i, byte in enumerate(piece))
