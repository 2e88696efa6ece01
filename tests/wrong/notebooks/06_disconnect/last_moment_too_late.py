def told_others(changes, grace):
    told = []
    for number, (when, what) in enumerate(changes):
        later = changes[number + 1 :]
        if what == "left" and (not later or later[0][0] >= when + grace):
            told += [(when + grace, "left"), *later[:1]]
    return told
