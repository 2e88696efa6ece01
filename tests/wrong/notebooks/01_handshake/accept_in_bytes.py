def accept(key):
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest())
