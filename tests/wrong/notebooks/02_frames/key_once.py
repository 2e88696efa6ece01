def unmask_piece(piece, key, start):
    return bytes(byte ^ other for byte, other in zip(piece, key))
