def is_key(text):
    try:
        return len(base64.b64decode(text)) == 16
    except ValueError:
        return False
