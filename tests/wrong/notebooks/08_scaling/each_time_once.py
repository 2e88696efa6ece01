def percentile(times, p):
    times = sorted(set(times))
    return times[-(-len(times) * p // 100) - 1]
