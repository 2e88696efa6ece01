def heard(said, delay):
    times, answered = [], None
    for moment in said:
        if answered is None:
            answered = moment
        elif moment > answered:
            answered = max(moment, answered + 2 * delay)
        times.append(answered + 2 * delay)
    return times
