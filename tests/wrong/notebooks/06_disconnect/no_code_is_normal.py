def close_code(received):
    while received:
        first, length = received[:2]
        payload, received = received[2 : 2 + length], received[2 + length :]
        if first == 0x88:
            return int.from_bytes(payload[:2], "big") if payload else 1000
    return 1006
