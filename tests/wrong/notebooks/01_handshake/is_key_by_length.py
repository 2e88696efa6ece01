def is_key(text):
    return len(text) == 24
