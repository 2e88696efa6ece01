def close_code(received):
    while received:
        first, length = received[:2]
        if first == 0x88:
            return int.from_bytes(received[-2:], "big") if length else 1005
        received = received[2 + length :]
    return 1006
