def is_refused(first, second):
    opcode = first & 0b0000_1111
    if not second & 0b1000_0000 or first & 0b0111_0000 or opcode not in (0, 1, 2, 8, 9, 10):
        return True
    return opcode >= 8 and not first & 0b1000_0000
