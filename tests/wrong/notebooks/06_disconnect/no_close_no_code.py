def close_code(received):
    while received:
        first, length = received[:2]
        payload, received = received[2 : 2 + length], received[2 + length :]
        if first == 0x88 and payload:
            return int.from_bytes(payload[:2], "big")
    return 1005
