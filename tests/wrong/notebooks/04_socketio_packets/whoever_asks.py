def open_questions(said):
    waiting = []
    for _, text in said:
        kind, namespace, number, _ = parse(text)
        if kind == 2 and number is not None:
            waiting.append((namespace, number))
        elif kind == 3 and (namespace, number) in waiting:
            waiting.remove((namespace, number))
    return waiting
