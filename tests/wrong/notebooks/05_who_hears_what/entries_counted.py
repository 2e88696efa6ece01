def leaks(history):
    entered, leaked = {}, []
    for client, what, channel in history:
        place = (client, channel)
        if what == "enters":
            entered[place] = entered.get(place, 0) + 1
        elif what == "leaves":
            entered[place] = max(0, entered.get(place, 0) - 1)
        elif what == "goes":
            entered = {one: count for one, count in entered.items() if one[0] != client}
        elif not entered.get(place):
            leaked.append(place)
    return leaked
