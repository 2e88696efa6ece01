def in_order(sent, heard):
    return sorted(sent) == sorted(heard)
