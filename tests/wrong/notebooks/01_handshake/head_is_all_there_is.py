def split_head(data):
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest
