def open_questions(said):
    waiting = []
    for by, text in said:
        kind, namespace, number, _ = parse(text)
        if by == "client" and kind == 2 and number is not None:
            waiting.insert(0, (namespace, number))
        elif by == "server" and kind == 3 and (namespace, number) in waiting:
            waiting.remove((namespace, number))
    return waiting
