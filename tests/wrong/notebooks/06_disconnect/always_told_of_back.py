def told_others(changes, grace):
    told = []
    for number, (when, what) in enumerate(changes):
        later = changes[number + 1 :]
        if what == "back":
            told.append((when, "back"))
        elif not later or later[0][0] > when + grace:
            told.append((when + grace, "left"))
    return told
