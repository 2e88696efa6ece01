def heard(said, delay):
    times, question = [], 0
    for moment in said:
        answered = max(moment, question)
        question = answered + 2 * delay
        times.append(answered + delay)
    return times
