def split_head(data):
    head, end, rest = data.rpartition(b"\r\n\r\n")
    return (head, rest) if end else None
