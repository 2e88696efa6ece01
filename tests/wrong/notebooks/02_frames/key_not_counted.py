def header_size(second):
    return {126: 4, 127: 10}.get(second & 0b0111_1111, 2)
