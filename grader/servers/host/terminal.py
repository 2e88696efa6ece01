"""A server's standard input: a terminal at which nobody types."""

import os

_END = b"\x04"  # what a terminal takes for the end of its input: termios(3), VEOF
_ENDS = 1000


def a_terminal() -> tuple[int | None, int | None]:
    """Both ends of a pseudo-terminal at which nobody types: reading finds its end, many times.

    Some servers refuse to start without a terminal. None where the machine has none left.
    """
    try:
        ours, theirs = os.openpty()
    except OSError:
        return None, None
    os.write(ours, _END * _ENDS)
    return ours, theirs


def close(*descriptors: int | None) -> None:
    """Close those that there are."""
    for descriptor in descriptors:
        if descriptor is not None:
            os.close(descriptor)
