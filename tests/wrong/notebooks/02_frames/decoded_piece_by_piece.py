def assemble(received):
    messages, kind, pieces = [], None, []
    for fin, opcode, payload in received:
        if opcode >= 8:
            continue
        kind = opcode or kind
        pieces.append(payload.decode(errors="replace") if kind == 1 else payload)
        if fin:
            messages.append(("" if kind == 1 else b"").join(pieces))
            pieces = []
    return messages
