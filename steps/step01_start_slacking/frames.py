CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

# RFC 6455, 7.4.1: why a connection is closed.
NORMAL, PROTOCOL_ERROR, NOT_UTF8, TOO_LARGE = 1000, 1002, 1007, 1009

LARGEST = 2**20  # bytes of one message

# TODO 3: read_frame(reader) reads one frame: two bytes, perhaps a longer length, the key, the
#         payload, which it unmasks.
# TODO 3: make_frame(opcode, payload) makes the bytes of a frame, not masked.
# TODO 4: make_close(code) makes those of a close; a CloseError says with which code to end.
# TODO 5: raise a CloseError with its code where a frame breaks the rules.
