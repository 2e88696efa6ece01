"""Whether two names are one, misspelt."""

import difflib
import re

_ALIKE = 0.8  # difflib's ratio from which on two names are taken for one, misspelt


def alike(left: str, right: str) -> bool:
    """Whether two event names are the same except for their spelling."""
    if {left, right} == {"connect", "disconnect"}:
        return False  # of the library's own
    one, other = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in (left, right))
    return left != right and difflib.SequenceMatcher(None, one, other).ratio() >= _ALIKE
