def close_payload(code, reason):
    return code.to_bytes(2, "big") + reason.encode()
