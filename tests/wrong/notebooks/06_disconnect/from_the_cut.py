def noticed_at(cut, interval, timeout):
    return cut + interval + timeout
