def is_key(text):
    return len(base64.b64decode(text, validate=True)) == 16
