def header_size(second):
    longer = {126: 2, 127: 4}.get(second & 0b0111_1111, 0)
    return 2 + longer + (4 if second & 0b1000_0000 else 0)
