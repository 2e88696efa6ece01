def heard(said, delay):
    times, answered = [], None
    for moment in said:
        if answered is None:
            answered = moment
        elif moment > answered:
            answered = max(moment, answered + delay)
        times.append(answered + delay)
    return times
