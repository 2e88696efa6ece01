def percentile(times, p):
    return times[-(-len(times) * p // 100) - 1]
