"""An error that nobody has foreseen, told in one line: it says nothing of what is graded."""

import traceback


def told(error: Exception) -> str:
    """What went wrong, and where."""
    said = " ".join(f"{type(error).__name__}: {error}".split())
    frames = traceback.extract_tb(error.__traceback__)
    place = f", at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return (
        f"a fault of the grader's own or of this machine: {said}{place} "
        "(with PYTHONDEVMODE=1 all of it is shown)"
    )
