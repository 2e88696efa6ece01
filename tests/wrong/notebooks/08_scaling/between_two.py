def percentile(times, p):
    times = sorted(times)
    place = (len(times) - 1) * p / 100
    below, part = int(place), place % 1
    above = min(below + 1, len(times) - 1)
    return times[below] + part * (times[above] - times[below])
