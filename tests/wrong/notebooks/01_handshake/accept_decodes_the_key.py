def accept(key):
    data = base64.b64decode(key) + GUID.encode()
    return base64.b64encode(hashlib.sha1(data).digest()).decode()
