def open_questions(said):
    waiting = []
    for by, text in said:
        kind, namespace, number, _ = parse(text)
        if by == "client" and kind == 2 and number is not None:
            waiting.append((namespace, number))
        elif by == "server" and kind == 3:
            waiting = [one for one in waiting if one[1] != number]
    return waiting
