def close_code(received):
    at = received.find(b"\x88")
    if at < 0:
        return 1006
    length = received[at + 1]
    return int.from_bytes(received[at + 2 : at + 4], "big") if length else 1005
