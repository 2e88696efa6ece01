def noticed_at(cut, interval, timeout):
    return (cut // interval + 1) * interval + timeout
