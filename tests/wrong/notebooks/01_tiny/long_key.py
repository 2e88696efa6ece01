def new_key():
    return bytes(5)
