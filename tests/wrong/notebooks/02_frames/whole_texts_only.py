def may_become_text(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
