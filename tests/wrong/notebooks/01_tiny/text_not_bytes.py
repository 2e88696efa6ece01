def pack(kind, text):
    return f"{kind}:{text}"
