"""The exercises of 01_handshake, finished."""

import base64
import hashlib

from wire.handshake import GUID


def accept(key):
    """What a server answers to a client's key (RFC 6455, 4.2.2)."""
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


def is_key(text):
    """Whether a client may send this text as its key: 16 bytes in base64."""
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except ValueError:
        return False


def has_token(fields, name, token):
    """Whether a word is in the list that the fields of this name hold, whatever the case."""
    values = [value for other, value in fields if other.lower() == name.lower()]
    words = [word.strip().lower() for value in values for word in value.split(",")]
    return token.lower() in words


def split_head(data):
    """The head and what comes after it, as two bytes; None while the head is not whole."""
    head, end, rest = data.partition(b"\r\n\r\n")
    return (head, rest) if end else None


def choose(offered, known):
    """The subprotocol to answer with, or None (RFC 6455, 4.2.2)."""
    for name in (offered or "").split(","):
        if name.strip() in known:
            return name.strip()
    return None


def status(start, fields):
    """The status that answers a request: 101, 400 or 426."""
    if not start.startswith("GET "):
        return 400
    if not has_token(fields, "Upgrade", "websocket"):
        return 426
    if not has_token(fields, "Connection", "upgrade"):
        return 426
    if not has_token(fields, "Sec-WebSocket-Version", "13"):
        return 426
    keys = [value for name, value in fields if name.lower() == "sec-websocket-key"]
    return 101 if len(keys) == 1 and is_key(keys[0]) else 400
