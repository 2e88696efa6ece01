def header_size(second):
    longer = {126: 2, 127: 8}.get(second, 0)
    return 2 + longer + (4 if second >= 128 else 0)
