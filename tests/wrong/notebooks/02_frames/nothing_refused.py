def may_become_text(data):
    return bool(data.decode(errors="ignore")) or not data
