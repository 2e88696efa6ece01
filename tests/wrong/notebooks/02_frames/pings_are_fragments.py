def assemble(received):
    messages, kind, whole = [], None, b""
    for fin, opcode, payload in received:
        kind = opcode or kind
        whole += payload
        if fin:
            messages.append(whole.decode() if kind == 1 else whole)
            whole = b""
    return messages
