"""Whether two names are one, misspelt."""

import difflib
import re
from collections.abc import Iterable

_ALIKE = 0.8  # difflib's ratio from which on two names are taken for one, misspelt


def alike(left: str, right: str) -> bool:
    """Whether two event names are the same except for their spelling."""
    if {left, right} == {"connect", "disconnect"}:
        return False  # of the library's own
    return left != right and _ratio(left, right) >= _ALIKE


def meant(name: str, known: Iterable[str]) -> str:
    """The one of the known event names that a misspelt one is nearest to; "" where none is."""
    near = sorted((one for one in known if alike(name, one)), key=lambda one: -_ratio(name, one))
    if len(near) > 1 and _ratio(name, near[0]) == _ratio(name, near[1]):
        return ""
    return near[0] if near else ""


def _ratio(left: str, right: str) -> float:
    one, other = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in (left, right))
    return difflib.SequenceMatcher(None, one, other).ratio()
