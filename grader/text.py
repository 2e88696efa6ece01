"""Text that others have written, as it may be shown."""

import re

_COLOURS = re.compile(r"\x1b\[[\d;]*m")  # Select Graphic Rendition: ECMA-48, 8.3.117


def uncoloured(text: str) -> str:
    """The text without what sets a terminal's colours."""
    return _COLOURS.sub("", text)


def printable(text: str) -> str:
    """The text with each control, format and unpaired surrogate character as an escape.

    Nothing of it is then obeyed by a terminal, or cannot be written.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
