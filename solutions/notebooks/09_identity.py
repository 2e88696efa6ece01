"""The exercises of 09_identity, finished. What is imported here, the notebook imports itself."""

import base64
import hmac
from urllib.parse import urlsplit


def parts(token):
    """Take a Fernet token apart: a tuple of (time, iv, ciphertext, signature)."""
    data = base64.urlsafe_b64decode(token)
    ciphertext = data[25:-32]
    if len(data) < 73 or data[0] != 0x80 or len(ciphertext) % 16:
        raise ValueError("not a Fernet token")
    return int.from_bytes(data[1:9], "big"), data[9:25], ciphertext, data[-32:]


def is_genuine(token, key):
    """Whether this key has signed the token."""
    data = base64.urlsafe_b64decode(token)
    signing = base64.urlsafe_b64decode(key)[:16]
    return hmac.compare_digest(hmac.digest(signing, data[:-32], "sha256"), data[-32:])


def read_signed(cookie, key):
    """The text of a cookie, a str, or None where this key has not signed it."""
    text, point, signature = cookie.rpartition(".")
    expected = hmac.digest(key, text.encode(), "sha256").hex()
    is_right = hmac.compare_digest(expected.encode(), signature.encode())
    return text if point and is_right else None


def cookie_named(header, name):
    """The value of this cookie in the header Cookie, a str, or None (RFC 6265, 4.2 and 5.4)."""
    for pair in header.split("; "):
        key, sign, value = pair.partition("=")
        if sign and key == name:
            return value
    return None


def is_fresh(made, now, ttl, skew=60):
    """Whether a token is neither too old nor from the future, as Fernet decides it."""
    return ttl is None or (made + ttl >= now and made <= now + skew)


def is_own(origin, own):
    """Whether a page of this origin may open a WebSocket to the server (RFC 6454, 4 and 5)."""

    def whole(text):
        parts = urlsplit(text)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
        return parts.scheme, parts.hostname, port

    return origin is None or (origin != "null" and whole(origin) == whole(own))
