def close_payload(code, reason):
    kept = reason.encode()[:123].decode(errors="ignore")
    return code.to_bytes(2, "little") + kept.encode()
