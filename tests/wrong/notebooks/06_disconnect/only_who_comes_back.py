def told_others(changes, grace):
    told = []
    for number in range(1, len(changes), 2):
        (left, _), (back, _) = changes[number - 1 : number + 1]
        if back > left + grace:
            told += [(left + grace, "left"), (back, "back")]
    return told
