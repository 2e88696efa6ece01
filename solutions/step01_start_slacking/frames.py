CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
OPCODES = (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG)

# RFC 6455, 7.4.1: why a connection is closed.
NORMAL, PROTOCOL_ERROR, NOT_UTF8, TOO_LARGE = 1000, 1002, 1007, 1009
# 7.4: which of them may be sent; from 3000 on they are for libraries and applications.
CODES = (*range(1000, 1004), *range(1007, 1015), *range(3000, 5000))

LARGEST = 2**20  # bytes of one message


class CloseError(Exception):
    def __init__(self, code):
        self.code = code


async def read_frame(reader):
    first, second = await reader.readexactly(2)
    final, reserved, opcode = first & 0b1000_0000, first & 0b0111_0000, first & 0b0000_1111
    masked, length = second & 0b1000_0000, second & 0b0111_1111
    # RFC 6455, 5.2: the reserved bits are for extensions, and we have agreed on none.
    if reserved or opcode not in OPCODES:
        raise CloseError(PROTOCOL_ERROR)
    # 5.1: a client masks every frame.
    if not masked:
        raise CloseError(PROTOCOL_ERROR)
    # 5.5: a control frame is in one piece, and short.
    if opcode >= CLOSE and (not final or length > 125):
        raise CloseError(PROTOCOL_ERROR)
    # 5.2: 126 and 127 say that the length comes in the next 2 or 8 bytes.
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2), "big")
    elif length == 127:
        length = int.from_bytes(await reader.readexactly(8), "big")
    if length > LARGEST:
        raise CloseError(TOO_LARGE)
    key = await reader.readexactly(4)
    payload = await reader.readexactly(length)
    return final, opcode, unmask(payload, key)


def unmask(payload, key):
    # 5.3: each byte with the next one of the key's four, over and over.
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


def make_frame(opcode, payload):
    first, length = 0b1000_0000 | opcode, len(payload)
    if length < 126:
        header = bytes([first, length])
    elif length < 2**16:
        header = bytes([first, 126]) + length.to_bytes(2, "big")
    else:
        header = bytes([first, 127]) + length.to_bytes(8, "big")
    # 5.1: a server masks nothing.
    return header + payload


def make_close(code):
    return make_frame(CLOSE, code.to_bytes(2, "big"))


def close_code(payload):
    # 5.5.1: a close may be empty; else it begins with a code, and a reason in UTF-8 may follow.
    if not payload:
        return NORMAL
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or code not in CODES:
        raise CloseError(PROTOCOL_ERROR)
    check_utf8(payload[2:])
    return code


def check_utf8(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        raise CloseError(NOT_UTF8) from None
