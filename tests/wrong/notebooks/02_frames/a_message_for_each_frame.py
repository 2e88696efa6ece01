def assemble(received):
    return [data.decode() if opcode == 1 else data for fin, opcode, data in received if opcode < 8]
