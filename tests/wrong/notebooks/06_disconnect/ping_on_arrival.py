def noticed_at(cut, interval, timeout):
    lost = 0
    while lost < cut:
        lost += interval
    return lost + timeout
