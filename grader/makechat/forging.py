"""Session cookies that the server has not made: out of nothing, or out of one that it has."""

import base64
import json
import re
from urllib.parse import quote

from grader.clients.cookies import renamed, tampered

_COUNTED = re.compile("[0-9]{1,18}")


def forgeries(name: str) -> tuple[str, ...]:
    """Cookies that somebody makes who knows the name, and not the server's key."""
    plain = json.dumps({"username": name})
    kept = json.dumps({"created": 1, "session": {"username": name}})
    in_base64 = (base64.urlsafe_b64encode(one.encode()).decode() for one in (plain, kept, name))
    return (name, quote(plain), quote(kept), *in_base64)


def changed(value: str, old: str, new: str) -> tuple[str, ...]:
    """The cookie with a character exchanged, with its second half lost, and with `new` for `old`.

    The last only where `old`, the name or the id of its user, can be read in it. Of a number, the
    one before it too: it may be counted.
    """
    other = renamed(value, old, new)
    before = str(int(value) - 1) if _COUNTED.fullmatch(value) else value
    readable = (one for one in (other, before) if one != value)
    return (tampered(value), value[: len(value) // 2], *readable)
