def split_head(data):
    parts = data.split(b"\r\n\r\n")
    return tuple(parts) if len(parts) > 1 else None
