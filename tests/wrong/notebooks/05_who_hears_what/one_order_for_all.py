def in_order(sent, heard):
    return sent == heard
