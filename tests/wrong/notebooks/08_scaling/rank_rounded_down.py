def percentile(times, p):
    return sorted(times)[min(len(times) * p // 100, len(times) - 1)]
