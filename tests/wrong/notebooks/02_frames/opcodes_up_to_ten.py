def is_refused(first, second):
    opcode, length = first & 0b0000_1111, second & 0b0111_1111
    if not second & 0b1000_0000 or first & 0b0111_0000 or opcode > 10:
        return True
    return opcode >= 8 and (not first & 0b1000_0000 or length > 125)
