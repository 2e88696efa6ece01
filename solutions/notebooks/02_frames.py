"""The exercises of 02_frames, finished."""


def unmask_piece(piece, key, start):
    """A piece of a payload, unmasked (RFC 6455, 5.3)."""
    return bytes(byte ^ key[at % 4] for at, byte in enumerate(piece, start))


def header_size(second):
    """How many bytes stand before the payload, the key included (RFC 6455, 5.2)."""
    longer = {126: 2, 127: 8}.get(second & 0b0111_1111, 0)
    key = 4 if second & 0b1000_0000 else 0
    return 2 + longer + key


def is_refused(first, second):
    """Whether a server closes with 1002 once it has these two bytes (RFC 6455, 5.1, 5.2, 5.5)."""
    fin, reserved, opcode = first & 0b1000_0000, first & 0b0111_0000, first & 0b0000_1111
    masked, length = second & 0b1000_0000, second & 0b0111_1111
    if not masked or reserved or opcode not in (0, 1, 2, 8, 9, 10):
        return True
    return opcode >= 8 and (not fin or length > 125)


def assemble(received):
    """The messages in the frames received: str for text, bytes for binary (RFC 6455, 5.4)."""
    messages, kind, payload = [], None, b""
    for fin, opcode, piece in received:
        if opcode >= 8:
            continue
        kind = opcode or kind
        payload += piece
        if fin:
            messages.append(payload.decode() if kind == 1 else payload)
            payload = b""
    return messages


def close_payload(code, reason):
    """The payload of a close frame, of at most 125 bytes (RFC 6455, 5.5.1)."""
    kept = reason.encode()[:123].decode(errors="ignore")
    return code.to_bytes(2, "big") + kept.encode()


def may_become_text(data):
    """Whether these bytes are UTF-8, or its beginning: a character may lack its end (8.1)."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True
