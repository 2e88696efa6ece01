def new_key():
    return b"1234"
