def open_questions(said):
    waiting = []
    for by, text in said:
        kind, namespace, number, _ = parse(text)
        if by == "client" and kind == 2:
            waiting.append((namespace, number))
        elif by == "server" and kind == 3 and (namespace, number) in waiting:
            waiting.remove((namespace, number))
    return waiting
