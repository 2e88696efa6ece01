"""Text that others have written, as it may be shown."""


def printable(text: str) -> str:
    """The text with each control, format and unpaired surrogate character as an escape.

    Nothing of it is then obeyed by a terminal, or cannot be written.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
